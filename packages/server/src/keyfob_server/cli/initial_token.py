"""`keyfob initial-token ...`"""

from typing import TYPE_CHECKING, Never, assert_never

import click

from keyfob_server.cli import durations
from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.changes import REASON
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, echo_json, facts, plain, table, utc
from keyfob_server.cli.place import settings
from keyfob_server.endpoints import initial_tokens as acts
from keyfob_server.endpoints.administration import NoSuchAccount, Unfit
from keyfob_server.rules.acts import Act
from keyfob_server.rules.initial_token_records import IssuedInitialToken
from keyfob_server.rules.new_initial_token import NewInitialToken

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration

_Issued = acts.TokenIssued | NoSuchAccount | acts.NoSuchTemplate | Unfit


@click.group("initial-token")
def initial_token() -> None:
    """Initial access tokens, with which apps register: to print, to embed, to push to a device."""


@initial_token.command("issue", short_help="Issue an initial token.")
@click.option(
    "--uses", callback=durations.uses, default="1", show_default=True, metavar="N|unlimited", help="How many instances."
)
@click.option(
    "--ttl", callback=durations.duration, default="1d", show_default=True, metavar="DURATION", help="90s, 15m, 12h, 7d."
)
@click.option("--user", "user_name", default="", metavar="USER_NAME", help="The owner of what is registered with it.")
@click.option("--template", default="", metavar="TEMPLATE_ID", help="It makes instances of this template alone.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, metavar="URI", help="The only ones; may be repeated.")
@click.option("--policy", "policies", multiple=True, metavar="POLICY", help="A registration policy; may be repeated.")
@click.option("--note", default="", help="What it is for, as lists show it.")
@REASON
@AS_JSON
def issue(
    *,
    uses: int | None,
    ttl: int,
    user_name: str,
    template: str,
    redirect_uris: tuple[str, ...],
    policies: tuple[str, ...],
    note: str,
    reason: str,
    as_json: bool,
) -> None:
    """Issue an initial token and print it, this once. Standard output holds nothing else.

    Without --user each instance belongs to whoever signs in through it first.
    """
    here = settings()
    new = NewInitialToken(uses, ttl, user_name, template, redirect_uris, note, policies)

    async def do(tools: "Administration") -> _Issued:
        from keyfob_server.composition.configuration_acts import (  # noqa: PLC0415 - heavy: --help needs it not
            token_issuer,
        )

        issuer = await token_issuer(tools, here)
        return await acts.issue_initial_token(issuer, new, Act(actor(), reason), now=await tools.now())

    match act(here, do):
        case acts.TokenIssued(token, record):
            if as_json:
                echo_json(_document(record) | {"token": token})
                return
            echo(token)
            click.echo(f"{record.id}: {_uses(record)}, until {utc(record.expires)}. It is shown this once.", err=True)
        case NoSuchAccount():
            raise CommandFailed(f"there is no active account {user_name}", ExitCode.NOT_FOUND)
        case acts.NoSuchTemplate():
            raise CommandFailed(f"there is no active template {template}", ExitCode.NOT_FOUND)
        case Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case never:
            assert_never(never)


@initial_token.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The most to print.")
@click.option("--after", default="", metavar="TOKEN_ID", help="Begin behind this one.")
@AS_JSON
def list_(*, limit: int, after: str, as_json: bool) -> None:
    """List issued initial tokens, the oldest first. The tokens themselves are kept nowhere."""
    found = act(
        settings(), lambda tools: acts.list_initial_tokens(tools.store.initial_tokens, after=after, limit=limit)
    )
    following = found[-1].id if len(found) == limit else None
    if as_json:
        echo_json({"initial_tokens": [_document(one) for one in found], "next": following})
        return
    rows = [
        (one.id, one.status, _uses(one), one.user_name, one.template or "", utc(one.expires), one.note) for one in found
    ]
    echo(table(("TOKEN ID", "STATUS", "USES", "OWNER", "TEMPLATE", "UNTIL", "NOTE"), rows))
    if following:
        click.echo(f"There may be more: --after {plain(following)}", err=True)


@initial_token.command("show")
@click.argument("token_id")
@AS_JSON
def show(token_id: str, *, as_json: bool) -> None:
    """Show one by its id."""
    found = act(settings(), lambda tools: acts.show_initial_token(tools.store.initial_tokens, token_id))
    if isinstance(found, acts.NoSuchToken):
        _missing(token_id)
    if as_json:
        echo_json(_document(found))
        return
    echo(
        facts(
            (
                ("Token id", found.id),
                ("Status", found.status),
                ("Uses", _uses(found)),
                ("Owner", found.user_name),
                ("Template", found.template or ""),
                ("Redirect URIs", " ".join(found.limits.redirect_uris)),
                ("Policies", " ".join(found.limits.policies)),
                ("Issued", f"{utc(found.created)} by {found.issued_by}"),
                ("Until", utc(found.expires)),
                ("Note", found.note),
            )
        )
    )


@initial_token.command("revoke")
@click.argument("token_id")
@REASON
@AS_JSON
def revoke(token_id: str, *, reason: str, as_json: bool) -> None:
    """Revoke an initial token by its id. What was registered with it stays."""
    told = Act(actor(), reason)
    match act(settings(), lambda tools: acts.revoke_initial_token(tools.store.initial_tokens, token_id, told)):
        case acts.TokenRevoked(record):
            if as_json:
                echo_json(_document(record))
            else:
                echo(f"Revoked {plain(token_id)}.")
        case acts.NoSuchToken():
            _missing(token_id)
        case Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case never:
            assert_never(never)


def _uses(one: IssuedInitialToken) -> str:
    left = "any number" if one.uses_left is None else str(one.uses_left)
    return f"{one.uses} used, {left} left"


def _missing(token_id: str) -> Never:
    raise CommandFailed(f"there is no active initial token {token_id}", ExitCode.NOT_FOUND)


def _document(one: IssuedInitialToken) -> dict[str, object]:
    """Times are epoch seconds; `uses_left` null: any number."""
    return {
        "id": one.id,
        "status": one.status,
        "uses": one.uses,
        "uses_left": one.uses_left,
        "user_name": one.user_name or None,
        "template": one.template,
        "redirect_uris": list(one.limits.redirect_uris),
        "policies": list(one.limits.policies),
        "issued_by": one.issued_by,
        "created": one.created,
        "expires": one.expires,
        "note": one.note,
    }
