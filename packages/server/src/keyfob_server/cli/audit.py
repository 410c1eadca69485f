"""`keyfob audit ...`"""

import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import count, echo, echo_json, plain, table, utc
from keyfob_server.cli.place import settings
from keyfob_server.endpoints.audit import Broken, NotVerifiable, Unchecked
from keyfob_server.ports.audit import AuditStore
from keyfob_server.rules.acts import AuditRecord

KINDS = ("instance", "grant", "account", "client", "template", "initial_token", "key", "setting")
_SUBJECT = tuple[str, str] | None


@click.group("audit")
def audit() -> None:
    """Who changed what, when and why. Acts leave a row in the transaction that does them."""


@audit.command("list")
@click.option(
    "--of", "subject", type=(click.Choice(KINDS), str), metavar="KIND ID", help="Of one thing, such as `instance ID`."
)
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The most to print.")
@click.option("--before", default="", metavar="AUDIT_ID", help="Begin before this one.")
@AS_JSON
def list_(*, subject: _SUBJECT, limit: int, before: str, as_json: bool) -> None:
    """List acts, newest first."""

    async def found(store: AuditStore) -> list[AuditRecord]:
        if subject is None:
            return await store.list_audit_backwards(before=before, limit=limit)
        return await store.list_audit_of(*subject, before=before, limit=limit)

    rows = act(settings(), lambda tools: found(tools.store.audit))
    following = rows[-1].id if len(rows) == limit else None
    if as_json:
        echo_json({"acts": [_document(one) for one in rows], "next": following})
        return
    cells = [
        (utc(one.created), one.event, plain(one.subject_id), plain(one.by), plain(_change(one)), plain(one.reason))
        for one in rows
    ]
    echo(table(("WHEN", "WHAT", "OF", "BY", "CHANGE", "REASON"), cells))
    if following:
        click.echo(f"There may be more: --before {following}", err=True)


@audit.command("verify", short_help="Check that no row was changed or removed.")
@click.option(
    "--seal", "expected", default="", metavar="SEAL", help="One that was noted down before: it must be there."
)
@click.option(
    "--dropped",
    multiple=True,
    metavar="KEY_ID",
    help="A verification key that you dropped: the rows that it sealed are counted, and not checked.",
)
@AS_JSON
def verify(*, expected: str, dropped: tuple[str, ...], as_json: bool) -> None:
    """Go through the chain of seals. Needs the key file: who has the database alone cannot make a seal.

    The last seal is printed. Keep it elsewhere, and give it to --seal the next time: that finds out whether the end of
    the chain was cut off.
    """
    here = settings()
    from keyfob_server.composition.audit_acts import verify_audit  # noqa: PLC0415 - heavy: --help needs it not

    verdict = act(here, lambda tools: verify_audit(tools, here, expected=expected, dropped=frozenset(dropped)))
    if isinstance(verdict, Broken):
        raise CommandFailed(f"the audit is broken at row {verdict.number}: {verdict.reason}", ExitCode.FAILED)
    if isinstance(verdict, NotVerifiable):
        keys = " ".join(f"--dropped {key_id}" for key_id in dict.fromkeys(one.key_id for one in verdict.unchecked))
        sentence = (
            f"not verifiable: {_told(verdict.unchecked)}, and nobody can say whether they were changed; "
            f"the others are as they were sealed. If you dropped that key yourself, say {keys}"
        )
        raise CommandFailed(sentence, ExitCode.FAILED)
    if as_json:
        unchecked = [{"key": one.key_id, "first": one.first, "last": one.last} for one in verdict.unchecked]
        summary = {"rows": verdict.rows, "unsealed": verdict.unsealed, "last_seal": verdict.last_seal}
        echo_json({**summary, "unchecked": unchecked})
        return
    checked = verdict.rows - sum(one.last - one.first + 1 for one in verdict.unchecked)
    echo(f"{count(checked, 'row')} as they were sealed, and {verdict.unsealed} newer that will be.")
    if verdict.unchecked:
        echo(f"Not checked: {_told(verdict.unchecked)}.")
    if verdict.last_seal:
        echo(f"Last seal: {verdict.last_seal}")


def _told(unchecked: tuple[Unchecked, ...]) -> str:
    return "; ".join(
        f"rows {one.first} to {one.last} were sealed by the key {one.key_id}, which is not here" for one in unchecked
    )


def _document(one: AuditRecord) -> dict[str, str | int]:
    return {
        "id": one.id,
        "at": one.created,
        "event": one.event,
        "subject": f"{one.subject_kind} {one.subject_id}",
        "by": one.by,
        "from": one.origin,
        "reason": one.reason,
        "before": one.before,
        "after": one.after,
    }


def _change(one: AuditRecord) -> str:
    return f"{one.before} -> {one.after}" if one.before or one.after else ""
