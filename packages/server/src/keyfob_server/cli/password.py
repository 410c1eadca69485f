"""Reading a password: from the terminal, or from standard input; never from an argument, which every user can see."""

import sys

import click

MAX_BYTES = 4096


def read_password(prompt: str, *, from_stdin: bool) -> str:
    """Raises click.UsageError when there is none to be had."""
    if from_stdin:
        line = sys.stdin.buffer.readline(MAX_BYTES + 1)
        try:
            password = line.rstrip(b"\r\n").decode()
        except UnicodeDecodeError:
            # The decoder's error would show the bytes.
            raise click.UsageError("the password on standard input is not UTF-8") from None
        if not password or len(line) > MAX_BYTES:
            raise click.UsageError("there is no password on the first line of standard input")
        return password
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for a password: use --password-stdin")
    answer = click.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)
    return str(answer)
