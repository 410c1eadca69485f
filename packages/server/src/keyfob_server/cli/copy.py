"""`keyfob copy`"""

import sys

import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import count, echo, echo_json, plain, table


@click.command("copy", short_help="Move an installation into another database.")
@click.option("--from", "source", required=True, metavar="URL", help="The database that is copied; it is only read.")
@click.option("--to", "target", required=True, metavar="URL", help="A new, empty database; it gets the schema first.")
@AS_JSON
def copy(*, source: str, target: str, as_json: bool) -> None:
    """Copy every row of one database into another, and compare them all.

    URLs are written as in `database_url`; a relative path begins here. Stop the servers first: it is refused while one
    runs on either database. The target is filled in one transaction, which ends when each row was read from both
    sides and is the same. Interrupted or refused, it leaves the target empty, and can be begun again.
    """
    from keyfob_server.composition.copy import (  # noqa: PLC0415 - heavy: --help needs it not
        CopyRefused,
        NoDatabaseUrl,
        NotEqual,
        copy_installation,
    )

    try:
        counts = copy_installation(source, target, _told)
    except NoDatabaseUrl:
        sentence = "--from and --to take database URLs: sqlite:///FILE or postgresql://USER@HOST/NAME"
        raise click.UsageError(sentence) from None
    except CopyRefused as refused:
        raise CommandFailed(str(refused), ExitCode.REFUSED) from refused
    except NotEqual as unequal:
        for one in unequal.differences:
            click.echo(plain(f"{one.table} {' '.join(one.key)}: {one.what}"), err=True)
        more = unequal.number - len(unequal.differences)
        if more:
            click.echo(f"... and {more} more", err=True)
        sentence = f"{count(unequal.number, 'row')} cannot be copied or changed meanwhile; the target was left empty"
        raise CommandFailed(sentence) from unequal
    if as_json:
        echo_json({"rows": counts})
        return
    echo(table(("ROWS", "TABLE"), [(str(number), name) for name, number in counts.items()]))
    echo(f"{count(sum(counts.values()), 'row')} copied; each was compared, and is the same in both.")


def _told(line: str) -> None:
    """For whoever sits and waits."""
    if sys.stderr.isatty():
        click.echo(line, err=True)
