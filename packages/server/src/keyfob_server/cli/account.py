"""`keyfob account ...`"""

from typing import TYPE_CHECKING, Never, assert_never

import click

from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, echo_json, plain, table, utc
from keyfob_server.cli.password import read_password
from keyfob_server.cli.place import settings
from keyfob_server.endpoints import administration as acts
from keyfob_server.rules.accounts import MAX_PASSWORD, MIN_PASSWORD, USER_NAME_FORM, NewAccount
from keyfob_server.rules.acts import Act
from keyfob_server.rules.administrators import ROLES
from keyfob_server.rules.records import ACTIVE, INACTIVE, Account

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration

MAX_PAGE = 1000
PASSWORD_RULE = f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters."
PASSWORD_STDIN = click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group("account")
def account() -> None:
    """People who can sign in."""


@account.command(
    "add",
    short_help="Add an account.",
    epilog=f"A user name has {USER_NAME_FORM}; it can never be changed. {PASSWORD_RULE}",
)
@click.option("--user-name", required=True, help="What the person signs in with.")
@click.option("--name", default="", help="The full name.")
@click.option("--given-name", default="", help="The given name.")
@click.option("--family-name", default="", help="The family name.")
@click.option("--email", default="", help="The email address.")
@click.option("--phone-number", default="", help="With country code, such as +46701234567.")
@click.option("--role", type=click.Choice(ROLES), help="What the person may do in the admin pages; without it nothing.")
@PASSWORD_STDIN
@AS_JSON
def add(
    *,
    user_name: str,
    name: str,
    given_name: str,
    family_name: str,
    email: str,
    phone_number: str,
    role: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Add an account. The password is asked for, or read from standard input."""
    here = settings()
    password = read_password(f"Password for {plain(user_name)}", from_stdin=password_stdin)
    roles = (role,) if role else ()
    new = NewAccount(user_name, password, name, given_name, family_name, email, phone_number, roles)

    async def do(tools: "Administration") -> acts.AccountAdded | acts.UserNameTaken | acts.Unfit:
        account_id, now = tools.new_account_id(), await tools.now()
        return await acts.add_account(
            tools.store, tools.passwords, new, account_id=account_id, now=now, act=Act(actor())
        )

    match act(here, do):
        case acts.AccountAdded(added):
            if as_json:
                echo_json(_document(added))
            else:
                echo(f"Added {added.user_name}.")
        case acts.UserNameTaken():
            raise CommandFailed(f"there is an account {user_name} already", ExitCode.REFUSED)
        case acts.Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case never:
            assert_never(never)


@account.command("list")
@click.option("--limit", type=click.IntRange(1, MAX_PAGE), default=100, show_default=True, help="The most to print.")
@click.option("--after", default="", metavar="USER_NAME", help="Begin behind this one.")
@AS_JSON
def list_(*, limit: int, after: str, as_json: bool) -> None:
    """List accounts by user name."""
    found = act(settings(), lambda tools: tools.store.list_accounts(after=after, limit=limit))
    following = found[-1].user_name if len(found) == limit else None
    if as_json:
        echo_json({"accounts": [_document(one) for one in found], "next": following})
        return
    rows = [(one.user_name, one.name, one.email, one.status, " ".join(one.roles), utc(one.created)) for one in found]
    echo(table(("USER NAME", "NAME", "EMAIL", "STATUS", "ROLES", "CREATED"), rows))
    if following:
        click.echo(f"There may be more: --after {plain(following)}", err=True)


@account.command("disable", short_help="Stop an account and all that it signed in.")
@click.argument("user_name")
def disable(user_name: str) -> None:
    """Disable an account: its sessions, codes and tokens are dead at once, on every device."""
    _set_status(user_name, INACTIVE)
    echo(f"Disabled {plain(user_name)}: all sessions and tokens of this account are dead.")


@account.command("enable", short_help="Let a disabled account sign in again.")
@click.argument("user_name")
def enable(user_name: str) -> None:
    """Enable an account again. Sessions and tokens from before stay dead; its instances can sign in again."""
    _set_status(user_name, ACTIVE)
    echo(f"Enabled {plain(user_name)}.")


@account.command("set-password", short_help="Set a new password.", epilog=PASSWORD_RULE)
@click.argument("user_name")
@PASSWORD_STDIN
def set_password(user_name: str, *, password_stdin: bool) -> None:
    """Set a new password: sessions, codes and tokens from before are dead at once."""
    here = settings()
    password = read_password(f"New password for {plain(user_name)}", from_stdin=password_stdin)
    match act(
        here, lambda tools: acts.set_password(tools.store, tools.passwords, user_name, password, act=Act(actor()))
    ):
        case acts.AccountChanged():
            echo(f"{plain(user_name)} has the new password; all sessions and tokens from before are dead.")
        case acts.NoSuchAccount():
            _missing(user_name)
        case acts.Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case never:
            assert_never(never)


def _set_status(user_name: str, status: str) -> None:
    match act(settings(), lambda tools: acts.set_account_status(tools.store, user_name, status, act=Act(actor()))):
        case acts.AccountChanged():
            return
        case acts.NoSuchAccount():
            _missing(user_name)
        case never:
            assert_never(never)


def _missing(user_name: str) -> Never:
    raise CommandFailed(f"there is no account {user_name}", ExitCode.NOT_FOUND)


def _document(one: Account) -> dict[str, object]:
    return {
        "id": one.id,
        "user_name": one.user_name,
        "status": one.status,
        "name": one.name,
        "given_name": one.given_name,
        "family_name": one.family_name,
        "email": one.email,
        "phone_number": one.phone_number,
        "roles": list(one.roles),
        "created": one.created,
    }
