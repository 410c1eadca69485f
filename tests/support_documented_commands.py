"""The commands that documents name, and what is wrong with them by the program's own tables."""

import re
import shlex
from collections.abc import Iterator
from itertools import takewhile

import click

from keyfob_server.cli.program import keyfob

_FENCE = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_ANY_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`(keyfob [^`]+)`")
_PROGRAM = re.compile(r"(?:\.venv/bin/)?keyfob")


def typed(document: str) -> Iterator[str]:
    """Each command of `keyfob` in the blocks that a reader types, without what the shell does with it."""
    for block in _FENCE.findall(document):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            if "keyfob " in line:
                yield from _of_line(line)


def _of_line(line: str) -> Iterator[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = list(lexer)
    for place, word in enumerate(words):
        if _PROGRAM.fullmatch(word) and (place == 0 or not words[place - 1][-1].isalnum()):
            rest = takewhile(lambda one: not re.fullmatch(r"[();<>|&]+", one), words[place + 1 :])
            yield shlex.join(["keyfob", *rest])


def named(document: str) -> list[str]:
    """Each command of `keyfob` in the sentences."""
    return [re.sub(r"\s+", " ", span) for span in _SPAN.findall(_ANY_FENCE.sub("", document))]


def command_of(line: str) -> str:
    """The name of the command or group, behind the program's own options."""
    return next(word for word in shlex.split(line)[1:] if word in keyfob.commands)


def mistake(line: str, *, whole: bool) -> str:
    """What is wrong with a command; empty when nothing is.

    A `whole` one has all its arguments and is no group; another may also end with an option without its value.
    """
    here: click.Command = keyfob
    words = shlex.split(line)[1:]
    while isinstance(here, click.Group):
        try:
            _, words = here.make_parser(click.Context(here)).parse_args(words)[:2]
        except click.UsageError as error:
            return str(error)
        if not words:
            return "is a group" if whole else ""
        if words[0] not in here.commands:
            return f"no command {words[0]}"
        here, words = here.commands[words[0]], words[1:]
    return _wrong_words(here, words, whole=whole)


def _wrong_words(command: click.Command, words: list[str], *, whole: bool) -> str:
    try:
        options, left, _ = command.make_parser(click.Context(command)).parse_args(words)
    except click.BadOptionUsage as error:
        return str(error) if whole else ""
    except click.UsageError as error:
        return str(error)
    if left:
        return f"too much: {shlex.join(left)}"
    for parameter in command.params:
        value = options.get(str(parameter.name))
        if isinstance(parameter.type, click.Choice) and isinstance(value, str) and value not in parameter.type.choices:
            return f"{value} is no {parameter.name}"
        if whole and parameter.required and not isinstance(value, str | list | tuple):
            return f"{parameter.name} is missing"
    return ""
