import click

from keyfob_server.cli.output import echo, plain
from keyfob_server.cli.place import settings


@click.command("migrate", short_help="Bring the database to the newest schema.")
def migrate() -> None:
    """Bring the database to the schema of this release, or create it.

    Safe to run again, twice at once, and while the previous release still serves.
    """
    here = settings()
    from keyfob_server.composition.administration import (  # noqa: PLC0415 - heavy: --help does not need it
        database,
        migrate_database,
    )

    schema = migrate_database(here)
    echo(f"{plain(database(here).name)}: the schema is {schema}, the newest")
