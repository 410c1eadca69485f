import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from keyfob_server.cli.failures import ExitCode
from keyfob_server.cli.output import echo, echo_json, plain, table
from keyfob_server.cli.place import config_file
from keyfob_server.ports.certificates import CertificateUnusable
from keyfob_server.settings import Problem, SettingsError
from keyfob_server.settings.kinds import MAX_TEXT, Value
from keyfob_server.settings.load import Found, build_settings, find_settings

_PASSWORD: Final = re.compile(r"(?s)(//[^/?#]*?:|[?&]password=)[^@&]*(@|&|$)")


@click.command("check-config", short_help="Check the settings.")
@click.option("--show", is_flag=True, help="Print every setting, and where its value was said.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, problems included.")
@click.pass_context
def check_config(ctx: click.Context, *, show: bool, as_json: bool) -> None:
    """Check the settings, and name every problem by file, line and key.

    Reads what the server would read: the configuration file, the KEYFOB_* variables, and the files of the TLS
    certificate and its key.
    """
    path = config_file()
    try:
        found = _check(path)
    except SettingsError as error:
        if as_json:
            problems = [{"where": one.where, "name": one.name, "problem": one.sentence} for one in error.problems]
            echo_json({"problems": problems})
        else:
            for problem in error.problems:
                sys.stderr.write(f"keyfob: {plain(str(problem))}\n")
        ctx.exit(ExitCode.FAILED)
    if as_json:
        echo_json(
            {
                "problems": [],
                "settings": {key: {"value": _public(key, one.value), "from": one.where} for key, one in found.items()},
            }
        )
        return
    if show:
        rows = ((key, _shown(_public(key, one.value)), one.where) for key, one in found.items())
        echo(table(("SETTING", "VALUE", "FROM"), rows, widest=MAX_TEXT))
    else:
        echo(f"{plain(str(path)) if path is not None else 'the environment'}: the settings are good")


def _check(path: Path | None) -> Mapping[str, Found]:
    """What was found. Raises SettingsError."""
    found = find_settings(path, os.environ)
    if found["tls_certificate"].value:
        from keyfob_server.composition.tls import check_tls  # noqa: PLC0415 - heavy: --help does not need it

        try:
            check_tls(build_settings(path, os.environ, found))
        except CertificateUnusable as error:
            one = found[error.setting]
            raise SettingsError((Problem(one.where, one.name, error.sentence),)) from error
    return found


def _public(key: str, value: Value) -> Value:
    """A database's URL without its password."""
    return _PASSWORD.sub(r"\1***\2", value) if key == "database_url" and isinstance(value, str) else value


def _shown(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return " ".join(value)
        case _:
            return str(value)
