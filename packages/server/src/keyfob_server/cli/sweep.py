"""`keyfob sweep`"""

import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act
from keyfob_server.cli.output import echo, echo_json, table
from keyfob_server.cli.place import settings

_WORDS = {
    "sessions": "browser sign-ins that ended",
    "revoked_tokens": "notes of revoked tokens that expired",
    "initial_tokens": "initial tokens that expired",
    "grants": "grants that expired",
    "dead_grants": "grants that were revoked",
    "initial_grants": "grants of initial tokens that expired",
    "tombstones": "tombstones of instances",
    "consents": "consents that expired",
    "sign_in_failures": "failed sign-ins that are forgotten",
}


@click.command("sweep", short_help="Remove what has had its day.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@AS_JSON
def sweep(*, dry_run: bool, as_json: bool) -> None:
    """End instances that nobody uses, and remove rows that have had their day, as a running server does by itself.

    One round does a bounded number of each; another goes on where it ended.
    """
    here = settings()
    from keyfob_server.composition.audit_acts import sweep_now  # noqa: PLC0415 - heavy: --help needs it not

    swept = act(here, lambda tools: sweep_now(tools, here, dry_run=dry_run))
    if as_json:
        echo_json(
            {
                "never_used": swept.never_used,
                "idle": swept.idle,
                "dead_consents": swept.dead_consents,
                "removed": swept.removed,
                "dry_run": dry_run,
            }
        )
        return
    rows = [
        (str(swept.never_used), "instances that were never used"),
        (str(swept.idle), "instances that nobody used for long"),
        *((str(number), _WORDS[what]) for what, number in swept.removed.items()),
        (str(swept.dead_consents), "consents of what is gone or changed"),
    ]
    echo(table(("WOULD END" if dry_run else "ENDED", "WHAT"), rows))
