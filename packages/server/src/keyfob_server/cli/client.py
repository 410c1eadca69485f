"""`keyfob client ...`"""

from typing import TYPE_CHECKING, Never

import click

from keyfob_protocol.identifiers import ClientId
from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.apply import apply_command
from keyfob_server.cli.changes import REASON, YES, confirm
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, echo_json, plain, table, utc
from keyfob_server.cli.place import settings
from keyfob_server.endpoints import static_clients as acts
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.ports.static_clients import StoredClient
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import ConfiguredClient, client_document
from keyfob_server.settings.document_text import client_text

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration


@click.group("client")
def client() -> None:
    """Static clients: registration clients, APIs, back ends, web apps."""


client.add_command(
    apply_command("Make static clients as a document says. Its other parts are left alone.", ConfiguredClient)
)


@client.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The most to print.")
@click.option("--after", default="", metavar="CLIENT_ID", help="Begin behind this one.")
@AS_JSON
def list_(*, limit: int, after: str, as_json: bool) -> None:
    """List static clients by id."""
    found = act(settings(), lambda tools: tools.store.static_clients.list_clients(after=after, limit=limit))
    following = found[-1].client.client_id if len(found) == limit else None
    if as_json:
        echo_json({"clients": [_document(one) for one in found], "next": following})
        return
    rows = [
        (
            one.client.client_id,
            one.client.metadata.client_name,
            one.client.status,
            one.client.metadata.token_endpoint_auth_method,
            " ".join(one.client.metadata.grant_types),
            utc(one.updated),
        )
        for one in found
    ]
    echo(table(("CLIENT ID", "NAME", "STATUS", "METHOD", "GRANT TYPES", "CHANGED"), rows))
    if following:
        click.echo(f"There may be more: --after {plain(following)}", err=True)


@client.command("show")
@click.argument("client_id")
@AS_JSON
def show(client_id: str, *, as_json: bool) -> None:
    """Show a static client as the document that `keyfob client apply` takes."""
    found = act(settings(), lambda tools: tools.store.static_clients.find_client(ClientId(client_id)))
    if found is None:
        _missing(client_id)
    if as_json:
        echo_json(_document(found))
        return
    named = ", named by the settings file" if found.client.settings.named_by_settings else ""
    echo(f"# {plain(found.client.status)}{named}, changed {utc(found.updated)}")
    echo(client_text(client_id, found.client).rstrip("\n"))


@client.command("remove", short_help="Switch a static client off.")
@click.argument("client_id")
@REASON
@YES
def remove(client_id: str, *, reason: str, yes: bool) -> None:
    """Switch a static client off: its secret and all that was issued to it are dead at once.

    What was registered through it stays. Applied again, it comes back, with a new secret.
    """
    here = settings()
    confirm(f"Remove the client {plain(client_id)}?", yes=yes)

    async def do(tools: "Administration") -> object:
        work = _tools(tools)
        return await acts.remove_client(work, ClientId(client_id), act=Act(actor(), reason))

    match act(here, do):
        case acts.ClientRemoved():
            echo(f"Removed {plain(client_id)}: what was issued to it is dead.")
        case acts.ClientUnchanged():
            echo(f"{plain(client_id)} was removed before.")
        case other:
            _refuse(other, client_id)


@client.command("rotate-secret", short_help="Give a static client a new secret.")
@click.argument("client_id")
@click.option("--end-tokens", is_flag=True, help="End all that was issued to it too, as after a leak.")
@REASON
@AS_JSON
def rotate_secret(client_id: str, *, end_tokens: bool, reason: str, as_json: bool) -> None:
    """Give a static client a new secret, shown this once. The old one is dead at once."""
    here = settings()

    async def do(tools: "Administration") -> object:
        told = Act(actor(), reason)
        return await acts.rotate_client_secret(_tools(tools), ClientId(client_id), ends_tokens=end_tokens, act=told)

    match act(here, do):
        case acts.SecretRotated(secret=secret):
            if as_json:
                echo_json({"client_id": client_id, "client_secret": secret})
            else:
                echo(f"The secret of {plain(client_id)}, shown this once:\n  {secret}")
        case other:
            _refuse(other, client_id)


def _tools(tools: "Administration") -> acts.ClientTools:
    from keyfob_server.composition.configuration_acts import client_tools  # noqa: PLC0415 - heavy: --help needs it not

    return client_tools(tools, settings())


def _refuse(outcome: object, client_id: str) -> Never:
    match outcome:
        case acts.NoSuchClient():
            _missing(client_id)
        case acts.ClientMoved():
            raise CommandFailed("somebody else changed it at this moment: run it again", ExitCode.REFUSED)
        case Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case _:
            raise AssertionError(outcome)


def _missing(client_id: str) -> Never:
    raise CommandFailed(f"there is no static client {client_id}", ExitCode.NOT_FOUND)


def _document(one: StoredClient) -> dict[str, object]:
    return {
        "id": one.client.client_id,
        "status": one.client.status,
        "generation": one.client.generation,
        "named_by_settings": one.client.settings.named_by_settings,
        "has_secret": bool(one.client.secret_hash),
        "created": one.created,
        "updated": one.updated,
        "document": client_document(one.client),
    }
