"""The reference of the command line, as Markdown for docs/reference/command-line.md, made from the commands."""

import inspect
import sys
from collections.abc import Iterator

import click

from keyfob_server.cli.failures import ExitCode
from keyfob_server.cli.program import keyfob

INTRODUCTION = """\
# The command line

This page is made from the commands: `python -m keyfob_server.cli.reference > docs/reference/command-line.md`.

`keyfob` works on the installation whose configuration file `--config` names, else `KEYFOB_CONFIG`, else `keyfob.toml`
in the current folder, else `keyfob.toml` in the data folder (`KEYFOB_DATA_DIR`, or `keyfob-data`).
[Settings](settings.md) says what is in it. Every command but `after-restore` and `copy` works while the server runs,
and acts at the next request.

Results go to standard output: aligned tables for people, JSON with `--json` for programs (times are epoch seconds).
Control characters in what apps registered are shown as escapes. Errors are one line on standard error; `keyfob --debug`
shows where one comes from. A password is asked for or read from standard input, and is never an argument.

## Exit codes

| code | meaning |
|---|---|
"""

MEANINGS = {
    ExitCode.DONE: "Done, also when there was nothing to do.",
    ExitCode.FAILED: "Failed: wrong settings, or an error that no other code stands for.",
    ExitCode.USAGE: "Wrong usage: an unknown option, a missing argument. Nothing was changed.",
    ExitCode.NOT_FOUND: "What was named does not exist. Nothing was changed.",
    ExitCode.REFUSED: "Refused by a rule: taken, revoked for ever, not empty, not confirmed. Nothing was changed.",
    ExitCode.UNAVAILABLE: "The database cannot be used, or is locked by another program. Try again.",
}


def reference() -> str:
    """The page. Every command and option is on it."""
    codes = "".join(f"| {code.value} | {meaning} |\n" for code, meaning in MEANINGS.items())
    return INTRODUCTION + codes + "\n" + "\n".join(_sections(keyfob, "keyfob"))


def _sections(command: click.Command, path: str) -> Iterator[str]:
    yield _section(command, path)
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _sections(below, f"{path} {name}")


def _section(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path)
    usage = " ".join(["keyfob" if path == "keyfob" else path, *command.collect_usage_pieces(context)])
    parts = [f"## `{path}`\n", f"```\n{usage}\n```\n", inspect.cleandoc(command.help or "") + "\n"]
    rows = [_row(parameter, context) for parameter in command.params if isinstance(parameter, click.Option)]
    if rows:
        parts.append("| option | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
    if command.epilog and path != "keyfob":
        parts.append(command.epilog + "\n")
    return "\n".join(parts)


def _row(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    names, words = record if record is not None else (", ".join(option.opts), "")
    variable = f" Also by `{option.envvar}`." if isinstance(option.envvar, str) else ""
    return f"| `{names}` | {words}{variable} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
