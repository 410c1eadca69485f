"""The program `keyfob`: its commands, and how each of them ends."""

import os
import sys
import traceback
from pathlib import Path

import click

from keyfob_server.cli.account import account
from keyfob_server.cli.after_restore import after_restore
from keyfob_server.cli.apply import apply
from keyfob_server.cli.audit import audit
from keyfob_server.cli.check_config import check_config
from keyfob_server.cli.client import client
from keyfob_server.cli.copy import copy
from keyfob_server.cli.failures import ExitCode, explain, report
from keyfob_server.cli.import_curity import import_curity_
from keyfob_server.cli.init import init
from keyfob_server.cli.initial_token import initial_token
from keyfob_server.cli.instance import instance
from keyfob_server.cli.keys import keys
from keyfob_server.cli.master_key import master_key
from keyfob_server.cli.migrate import migrate
from keyfob_server.cli.serve import serve
from keyfob_server.cli.sweep import sweep
from keyfob_server.cli.template import template

COMMANDS: tuple[click.Command, ...] = (
    audit,
    sweep,
    init,
    serve,
    check_config,
    migrate,
    copy,
    account,
    apply,
    client,
    template,
    initial_token,
    instance,
    keys,
    master_key,
    after_restore,
    import_curity_,
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused, 5 unavailable for now.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="KEYFOB_CONFIG",
    metavar="FILE",
    help="The configuration file; without it keyfob.toml here, then in the data folder.",
)
@click.option("--debug", is_flag=True, help="Show where in the program an error comes from.")
def keyfob(config: Path | None, *, debug: bool) -> None:
    """Keyfob gives every install of an app a client id and a secret of its own."""
    # Both are read from the context, by whoever needs them.
    del config, debug


for command in COMMANDS:
    keyfob.add_command(command)


def main() -> None:
    """Run the command line of this process, and end it."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code. Errors are one line on standard error; only `--debug` shows more."""
    try:
        _check_text(arguments)
        code = keyfob.main(arguments, prog_name="keyfob", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.USAGE
    except BrokenPipeError:
        # Whoever read the output has enough. Python would complain again when it flushes at the end.
        sys.stdout = None
        return ExitCode.FAILED
    except Exception as error:  # noqa: BLE001 - nothing but one line may reach the person
        if "--debug" in arguments:
            traceback.print_exc()
        sentence, exit_code = explain(error)
        report(sentence)
        return exit_code
    else:
        return code if isinstance(code, int) else ExitCode.DONE


def _check_text(arguments: list[str]) -> None:
    """Neither a row nor a terminal can hold what is no text. Raises UsageError."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            shown = repr(os.fsencode(argument)[:100])[1:]
            raise click.UsageError(f"an argument is no UTF-8 text: {shown}") from None
