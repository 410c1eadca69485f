import os
from pathlib import Path

import click

from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import echo, echo_json, plain
from keyfob_server.cli.place import DATA_DIR
from keyfob_server.settings.base_url import check_base_url


def _base_url(_ctx: click.Context, _parameter: click.Parameter, text: str) -> str:
    try:
        return check_base_url(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command("init", short_help="Make a new installation.")
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    default=DATA_DIR,
    envvar="KEYFOB_DATA_DIR",
    show_default=True,
    metavar="DIR",
    help="The folder to make; it may exist when it is empty.",
)
@click.option(
    "--base-url",
    default="http://127.0.0.1:8443",
    show_default=True,
    metavar="URL",
    callback=_base_url,
    help="The address at which apps and browsers reach the server.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the password is in it.")
def init(data_dir: Path, base_url: str, *, as_json: bool) -> None:
    """Make a new installation: settings, root keys, database, first administrator.

    The administrator's password is printed once and kept nowhere. Nothing that exists is overwritten.
    """
    from keyfob_server.composition.installation import (  # noqa: PLC0415 - heavy: --help does not need it
        InstallationRefused,
        install,
    )

    try:
        made = install(data_dir, base_url, os.environ)
    except InstallationRefused as error:
        raise CommandFailed(str(error), ExitCode.REFUSED) from error
    if as_json:
        echo_json({"config": str(made.config_file), "user_name": made.user_name, "password": made.password})
        return
    echo(f"Made {plain(str(made.config_file.parent))}, which holds")
    echo("  keyfob.toml  the settings")
    if made.settings.key_text:
        echo("  (the root keys come from KEYFOB_KEYS)")
    else:
        echo(f"  {plain(made.settings.key_file.name)}  the root keys: back them up, apart from the database")
    if made.files:
        echo(f"  {plain(made.files[0].name)}    the database")
    else:
        echo(f"and the tables in {plain(made.database)}.")
    echo()
    echo(f"The first administrator is {made.user_name} with the password")
    echo(f"  {made.password}")
    echo("It is shown this once. Change it with `keyfob account set-password admin`.")
    echo()
    echo("Next: name your app's redirect URIs in keyfob.toml, then start it with `keyfob serve`.")
    if base_url.startswith("http://"):
        echo(f"{base_url} is for this machine alone; for others, set base_url to an https:// address.")
