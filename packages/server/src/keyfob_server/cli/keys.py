"""`keyfob keys ...`"""

from typing import assert_never

import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.changes import REASON
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, echo_json, plain, table, utc
from keyfob_server.cli.place import settings
from keyfob_server.rules.acts import Act

TAKES = "A running server takes it within seconds."


@click.group("keys")
def keys() -> None:
    """The keys that sign tokens. They lie in the database, wrapped by a root key."""


@keys.command("list")
@AS_JSON
def list_(*, as_json: bool) -> None:
    """List signing keys in the order in which they sign. Private parts are never shown.

    A key is `published` while it waits for its hour, then `signing`, then `retired`: it still verifies what it signed.
    A `withdrawn` one does not.
    """
    here = settings()
    from keyfob_server.composition.signing_key_acts import list_keys  # noqa: PLC0415 - heavy: --help needs it not

    found = act(here, lambda tools: list_keys(tools, here))
    if as_json:
        names = ("kid", "alg", "state", "published", "created", "signs_from")
        echo_json({"keys": [{name: getattr(one, name) for name in names} for one in found]})
        return
    rows = [
        (one.kid, one.alg, one.state, "yes" if one.published else "no", utc(one.created), utc(one.signs_from))
        for one in found
    ]
    echo(table(("KID", "ALG", "STATE", "PUBLISHED", "CREATED", "SIGNS FROM"), rows, widest=43))


@keys.command("rotate", short_help="Publish a new signing key.")
@click.option(
    "--alg", type=click.Choice(("RS256", "ES256")), default="RS256", show_default=True, help="What it signs with."
)
@click.option("--now", is_flag=True, help="Sign with it as soon as every server has it, as after a leak.")
@REASON
@AS_JSON
def rotate(*, alg: str, now: bool, reason: str, as_json: bool) -> None:
    """Publish a new signing key now; it signs after the setting `keys.publish_ahead_s`, and the present one until then.

    Whoever caches the published keys has the new one before the first signature, and the one before stays published
    for `keys.keep_published_s`. With --now some verifiers must fetch the keys again before they understand it.
    """
    here = settings()
    from keyfob_server.composition.signing_key_acts import publish_key  # noqa: PLC0415 - heavy: --help needs it not

    ahead = 0 if now else here.policy.key_publish_ahead_s
    made = act(here, lambda tools: publish_key(tools, here, alg=alg, publish_ahead_s=ahead, act=Act(actor(), reason)))
    if as_json:
        echo_json({"kid": made.kid, "alg": made.alg, "signs_from": made.signs_from, "before": made.before or None})
        return
    waits = made.signs_from > made.now
    until = f"; until then {made.before} goes on" if made.before and waits else ""
    when = f"It signs from {utc(made.signs_from)}{until}." if waits else "It signs from now on."
    echo(f"Published {made.kid} ({made.alg}). {when}\n{TAKES}")


@keys.command("withdraw", short_help="Take a leaked signing key out of use.")
@click.argument("kid")
@REASON
def withdraw(kid: str, *, reason: str) -> None:
    """Take a signing key out of use at once: it is not published any more, and nothing that it signed is believed here.

    The key that signs now cannot be withdrawn: `keyfob keys rotate --now` first. Tokens that verifiers have accepted,
    and keys that they have cached, are beyond recall.
    """
    here = settings()
    from keyfob_server.composition import signing_key_acts as acts  # noqa: PLC0415 - heavy: --help needs it not

    match act(here, lambda tools: acts.withdraw_key(tools, here, kid, act=Act(actor(), reason))):
        case acts.KeyWithdrawn():
            echo(f"Withdrew {plain(kid)}.")
        case acts.NoSuchKey():
            raise CommandFailed(f"there is no signing key {kid}", ExitCode.NOT_FOUND)
        case acts.KeyInUse(alg):
            sentence = f"{kid} signs now: run `keyfob keys rotate --alg {alg} --now` first"
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case never:
            assert_never(never)
