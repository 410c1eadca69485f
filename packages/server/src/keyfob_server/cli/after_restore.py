import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import actor
from keyfob_server.cli.changes import REASON
from keyfob_server.cli.output import count, echo, echo_json, utc
from keyfob_server.cli.place import settings
from keyfob_server.rules.acts import Act


@click.command("after-restore", short_help="Say that the database was restored from a backup.")
@REASON
@AS_JSON
def after_restore(*, reason: str, as_json: bool) -> None:
    """Say that the database was restored from a backup, before the server starts on it. Part of every restore.

    Kills what was given out for minutes or days (codes, access tokens, initial tokens, sign-in pages) and ends every
    browser sign-in. Each grant then takes one refresh token that is newer than the database, so that apps go on.
    Refused while a server runs on the database.
    """
    here = settings()
    from keyfob_server.composition.restore import declare_restore  # noqa: PLC0415 - heavy: --help needs it not

    done = declare_restore(here, Act(actor(), reason))
    if as_json:
        ended = {"restored_at": done.at, "newest_fact": done.newest_fact or None, "sessions_ended": done.sessions_ended}
        echo_json(ended)
        return
    moment = utc(done.newest_fact) if done.newest_fact else "the beginning"
    echo(
        "\n".join(
            (
                f"The newest fact in this database is of {moment}. What came later is lost.",
                "",
                "Done:",
                "- Codes, access tokens, initial tokens and open sign-in pages from before are dead.",
                f"- {count(done.sessions_ended, 'browser sign-in')} ended.",
                "- Each grant takes one refresh token that is newer than the database; a second one is an alarm.",
                "",
                "What people will notice:",
                "- They sign in again in the browser. Apps that were signed in before go on by themselves.",
                "- Apps that registered or signed in later do it again.",
                "- A secret or a password that was changed later is the old one again.",
                "",
                "What you must do:",
                "- What was revoked, suspended, disabled or deleted later is active again, and the database cannot",
                "  know it. Look it up in the server's log and your tickets, and revoke it again before you start.",
            )
        )
    )
