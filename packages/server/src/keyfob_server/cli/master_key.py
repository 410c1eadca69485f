"""`keyfob master-key ...`"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.changes import REASON
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, echo_json, plain, table, utc
from keyfob_server.cli.place import settings
from keyfob_server.crypto.root_rotation import RootName, RotationRefused
from keyfob_server.rules.acts import Act
from keyfob_server.settings import Settings

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration
    from keyfob_server.ports.key_storage import BoundToKey

_Result = TypeVar("_Result")
ROOT = click.option(
    "--root",
    "root",
    type=click.Choice(("sealing", "verification", "pairwise")),
    required=True,
    help="Which root; the pairwise key never changes.",
)
NODES = "A running server reads the key file again within seconds. Give the file to every other node."


@click.group("master-key")
def master_key() -> None:
    """The root keys in the key file, which everything else is derived from or wrapped by."""


@master_key.command("list")
@AS_JSON
def list_(*, as_json: bool) -> None:
    """List root keys by their ids. The keys themselves are never shown.

    The first key of a root `makes`; one that `waits` opens already and makes when it is promoted; the others `opens`
    what they made.
    """
    here = settings()
    from keyfob_server.composition.root_key_acts import list_root_keys  # noqa: PLC0415 - heavy: --help needs it not

    found = list_root_keys(here)
    if as_json:
        names = ("root", "id", "role", "created")
        echo_json({"keys": [{name: getattr(one, name) for name in names} for one in found]})
        return
    rows = [(one.root, one.id, one.role, utc(one.created or None)) for one in found]
    echo(table(("ROOT", "ID", "ROLE", "CREATED"), rows))


@master_key.command("rotate", short_help="Add a root key, or promote the one that waits.")
@ROOT
@click.option("--promote", is_flag=True, help="Move the key that waits to the front: it makes from now on.")
@REASON
def rotate(*, root: str, promote: bool, reason: str) -> None:
    """Add a new key to a root: it opens everywhere before it makes anything. Then promote it with --promote.

    Give the file to every node between the two steps. The key before stays in the file and opens what it made.
    """
    here, name = settings(), _rotating(root)
    from keyfob_server.composition import root_key_acts as acts  # noqa: PLC0415 - heavy: --help needs it not

    if promote:
        promoted = _do(here, lambda tools: acts.promote_root_key(tools, here, name, act=Act(actor(), reason)))
        echo(f"The {name} key {promoted.id} makes from now on; {promoted.before} opens what it made.\n{NODES}")
        return
    added = _do(here, lambda tools: acts.add_root_key(tools, here, name, act=Act(actor(), reason)))
    echo(
        f"Added the {name} key {added.id}: it opens, and makes nothing yet.\n{NODES}\n"
        f"Then run `keyfob master-key rotate --root {name} --promote`."
    )


@master_key.command("drop", short_help="Drop a root key: what it made is dead.")
@ROOT
@click.argument("key_id")
@click.option("--yes", is_flag=True, help="Drop a verification key, whatever dies with it.")
@REASON
def drop(key_id: str, *, root: str, yes: bool, reason: str) -> None:
    """Drop a root key. What it made is dead as soon as every node has read the file.

    A sealing key takes codes, access tokens, initial tokens and open sign-in pages with it: minutes of work. A
    verification key takes for ever every secret, password and refresh token that still names it; without --yes the
    command counts them and changes nothing.
    """
    here, name = settings(), _rotating(root)
    from keyfob_server.composition import root_key_acts as acts  # noqa: PLC0415 - heavy: --help needs it not

    done = _do(
        here,
        lambda tools: acts.drop_root_key(tools, here, name, key_id, confirmed=yes, act=Act(actor(), reason)),
    )
    if isinstance(done, acts.WouldKill):
        raise CommandFailed(f"{_warning(key_id, done.bound)}: nothing was changed, say --yes", ExitCode.REFUSED)
    echo(f"Dropped the {name} key {plain(key_id)}: what it made is dead.\n{NODES}")


def _rotating(root: str) -> RootName:
    match root:
        case "sealing" | "verification":
            return root
        case _:
            sentence = "the pairwise key never changes: every pairwise subject would become another one"
            raise CommandFailed(sentence, ExitCode.REFUSED)


def _do(here: Settings, do: "Callable[[Administration], Awaitable[_Result]]") -> _Result:
    try:
        return act(here, do)
    except RotationRefused as error:
        raise CommandFailed(str(error), ExitCode.REFUSED) from error


def _warning(key_id: str, bound: "BoundToKey") -> str:
    return (
        f"with the verification key {key_id} go for ever: {bound.client_secrets} secrets and "
        f"{bound.registration_tokens} registration tokens of instances, {bound.static_clients} secrets of static "
        f"clients, {bound.passwords} passwords, every refresh token that was not used since another key makes them, "
        "and the proof that "
        "the audit is as it was: run `keyfob audit verify` before"
    )
