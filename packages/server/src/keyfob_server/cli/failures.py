"""What ends a command early: one line on standard error, and an exit code that a program can tell apart."""

import sys
from enum import IntEnum

import click

from keyfob_server.cli.output import plain
from keyfob_server.crypto.known_passwords import PasswordListUnusable
from keyfob_server.crypto.roots import KeyFileUnusable
from keyfob_server.ports.passwords import PasswordsBusy
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.settings import SettingsError


class ExitCode(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    UNAVAILABLE = 5


class CommandFailed(Exception):
    def __init__(self, sentence: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


def explain(error: Exception) -> tuple[str, ExitCode]:
    """The sentence and the exit code of whatever a command raised."""
    match error:
        case CommandFailed():
            return error.sentence, error.code
        case SettingsError(problems=problems):
            more = f" (and {len(problems) - 1} more: see `keyfob check-config`)" if len(problems) > 1 else ""
            return f"{problems[0]}{more}", ExitCode.FAILED
        case click.ClickException() | click.Abort():
            return _explain_click(error)
        case _:
            return _explain_trouble(error)


def _explain_trouble(error: Exception) -> tuple[str, ExitCode]:
    match error:
        case StorageUnavailable():
            return error.reason, ExitCode.UNAVAILABLE
        case KeyFileUnusable() | PasswordListUnusable():
            return str(error), ExitCode.FAILED
        case PasswordsBusy():
            return "too many passwords are being checked; try again", ExitCode.UNAVAILABLE
        case _:
            return f"{type(error).__name__}: {error} (`keyfob --debug ...` shows where)", ExitCode.FAILED


def _explain_click(error: click.ClickException | click.Abort) -> tuple[str, ExitCode]:
    match error:
        case click.UsageError():
            hint = f" (see `{error.ctx.command_path} --help`)" if error.ctx is not None else ""
            return f"{error.format_message().removesuffix('.')}{hint}", ExitCode.USAGE
        case click.ClickException():
            return error.format_message(), ExitCode.FAILED
        case click.Abort():
            return "stopped", ExitCode.FAILED


def report(sentence: str) -> None:
    """One line on standard error, whatever the sentence holds."""
    sys.stderr.write(f"keyfob: {plain(' '.join(sentence.split()))}\n")
