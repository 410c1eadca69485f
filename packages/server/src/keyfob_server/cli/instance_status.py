"""Suspending, reactivating and revoking instances, one by one or all of a person."""

import sys
from dataclasses import dataclass
from functools import partial
from typing import assert_never

import click

from keyfob_protocol.identifiers import ClientId
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.instance_view import as_document, as_phrase, as_table
from keyfob_server.cli.output import count, echo, echo_json, plain
from keyfob_server.cli.place import settings
from keyfob_server.endpoints import administration as acts
from keyfob_server.rules.records import ACTIVE, INACTIVE, REVOKED
from keyfob_server.settings import Settings

SELECTION = (
    "Name instances by client id, or take those of a person with --user. More than one instance of a person is "
    "changed only after a question, or with --yes."
)


@dataclass(frozen=True, slots=True)
class Verb:
    name: str
    past: str
    status: str
    effect: str


def _command(verb: Verb, text: str, short: str) -> click.Command:
    return click.Command(
        verb.name,
        callback=partial(_change, verb),
        help=f"{text}\n\n{SELECTION}",
        short_help=short,
        params=[
            click.Argument(["client_ids"], nargs=-1, metavar="[CLIENT_ID]..."),
            click.Option(["--user", "user_name"], metavar="USER_NAME", help="All instances of this owner."),
            click.Option(["--reason"], default="", help="Kept with the instance for whoever looks at it later."),
            click.Option(["--yes"], is_flag=True, help="Change several without a question."),
            click.Option(["--json", "as_json"], is_flag=True, help="Print JSON."),
        ],
    )


def _change(
    verb: Verb, client_ids: tuple[str, ...], *, user_name: str | None, reason: str, yes: bool, as_json: bool
) -> None:
    if bool(client_ids) == (user_name is not None):
        raise click.UsageError("name instances by client id, or a person by --user", click.get_current_context())
    here = settings()
    if user_name is None:
        chosen = tuple(ClientId(client_id) for client_id in dict.fromkeys(client_ids))
    else:
        chosen = _instances_of(here, user_name, verb, yes=yes)
    change = acts.StatusChange(verb.status, by=actor(), reason=reason)
    match act(here, lambda tools: acts.change_instances(tools.store, chosen, change)):
        case acts.InstancesChanged() as done:
            _tell(done, verb, user_name, as_json=as_json)
            _tell_left(done)
        case acts.NoSuchInstances(missing):
            raise CommandFailed(f"there is no instance {', '.join(missing)}; nothing was changed", ExitCode.NOT_FOUND)
        case acts.OffForGood(final):
            raise CommandFailed(f"{', '.join(final)} is switched off for good; nothing was changed", ExitCode.REFUSED)
        case acts.Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case never:
            assert_never(never)


def _instances_of(here: Settings, user_name: str, verb: Verb, *, yes: bool) -> tuple[ClientId, ...]:
    """Those of a person that the verb would change; several of them only when somebody says yes."""
    everything = act(here, lambda tools: acts.instances_of(tools.store, user_name))
    if not everything:
        raise CommandFailed(f"there is no instance of {user_name}", ExitCode.NOT_FOUND)
    chosen = acts.to_be_changed(everything, verb.status)
    if len(chosen) > 1 and not yes:
        click.echo(as_table(chosen), err=True, color=False)
        number = count(len(chosen), "instance")
        if not sys.stdin.isatty():
            raise CommandFailed(f"{user_name} has {number} to {verb.name}: say --yes", ExitCode.REFUSED)
        if not click.confirm(f"{verb.name.capitalize()} these {number}?", err=True):
            raise CommandFailed("nothing was changed", ExitCode.REFUSED)
    return tuple(one.client_id for one in chosen)


def _tell(done: acts.InstancesChanged, verb: Verb, user_name: str | None, *, as_json: bool) -> None:
    if as_json:
        named = {"changed": done.changed, "unchanged": done.unchanged}
        shown = {name: [as_document(one) for one in instances] for name, instances in named.items()}
        receipts = [killed.receipt.facts() for killed in done.receipts]
        echo_json({**shown, "receipts": receipts, "late": done.late, "unreached": done.unreached})
        return
    for one in done.changed:
        echo(f"{verb.past} {as_phrase(one)}.")
    for one in done.unchanged:
        echo(f"Unchanged {as_phrase(one)}: it is {plain(one.status)} already.")
    if done.changed:
        dead = sum(killed.receipt.grants for killed in done.receipts)
        echo(verb.effect)
        if dead:
            echo(f"{count(dead, 'sign-in')} through them ended.")
    elif not done.unchanged:
        echo(f"No instance of {plain(user_name or '')} was left to {verb.name}.")


def _tell_left(done: acts.InstancesChanged) -> None:
    """What was asked for and not done, when others were changed already. Raises CommandFailed."""
    left = [f"{', '.join(done.late)} was switched off for good at this moment"] if done.late else []
    if done.unreached:
        left.append(f"the database was busy and {', '.join(done.unreached)} was not reached: try again")
    if left:
        code = ExitCode.UNAVAILABLE if done.unreached else ExitCode.REFUSED
        raise CommandFailed(f"the others are done, but {'; '.join(left)}", code)


SUSPEND = Verb("suspend", "Suspended", INACTIVE, "Tokens are dead at once; `keyfob instance reactivate` undoes it.")
REACTIVATE = Verb("reactivate", "Reactivated", ACTIVE, "The app can sign in again; tokens from before stay dead.")
REVOKE = Verb("revoke", "Revoked", REVOKED, "Tokens are dead at once; the app must register anew.")

suspend = _command(
    SUSPEND, "Suspend instances: tokens die at once, the registration stays and can come back.", "Suspend instances."
)
reactivate = _command(REACTIVATE, "Let suspended instances sign in again.", "Let suspended instances return.")
revoke = _command(REVOKE, "Revoke instances for ever, such as those of a stolen device.", "Revoke instances for ever.")
