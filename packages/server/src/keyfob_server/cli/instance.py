"""`keyfob instance ...`: looking at instances; instance_status.py changes them."""

import click

from keyfob_protocol.identifiers import ClientId
from keyfob_server.cli.acting import act
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.instance_status import reactivate, revoke, suspend
from keyfob_server.cli.instance_view import as_document, as_facts, as_table
from keyfob_server.cli.output import echo, echo_json
from keyfob_server.cli.place import settings

MAX_PAGE = 1000


@click.group("instance")
def instance() -> None:
    """Installs of apps, each registered for its owner."""


@instance.command("list")
@click.option("--user", "user_name", metavar="USER_NAME", help="Those of one owner.")
@click.option("--limit", type=click.IntRange(1, MAX_PAGE), default=100, show_default=True, help="The most to print.")
@click.option("--after", default="", metavar="CLIENT_ID", help="Begin behind this one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, user_name: str | None, limit: int, after: str, as_json: bool) -> None:
    """List instances in the order of their registration."""
    found = act(settings(), lambda tools: tools.store.list_instances(user_name=user_name, after=after, limit=limit))
    following = found[-1].client_id if len(found) == limit else None
    if as_json:
        echo_json({"instances": [as_document(one) for one in found], "next": following})
        return
    echo(as_table(found))
    if following:
        click.echo(f"There may be more: --after {following}", err=True)


@instance.command("show", short_help="Show one instance.")
@click.argument("client_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(client_id: str, *, as_json: bool) -> None:
    """Show all that is known of one instance, secrets excepted."""
    found = act(settings(), lambda tools: tools.store.find_instance(ClientId(client_id)))
    if found is None:
        raise CommandFailed(f"there is no instance {client_id}", ExitCode.NOT_FOUND)
    if as_json:
        echo_json(as_document(found))
    else:
        echo(as_facts(found))


for command in (suspend, reactivate, revoke):
    instance.add_command(command)
