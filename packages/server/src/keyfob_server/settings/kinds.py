"""The kinds of value that a setting can have, from TOML and from the text of an environment variable."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from keyfob_server.settings.problems import quoted

Value = str | int | bool | tuple[str, ...]

MAX_TEXT = 2000
MAX_WORDS = 100


@dataclass(frozen=True, slots=True)
class Text:
    form: str
    """What it looks like, in a few words for the reference."""
    check: Callable[[str], str]
    """The text itself, or ValueError with a sentence."""


@dataclass(frozen=True, slots=True)
class Whole:
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Flag:
    pass


@dataclass(frozen=True, slots=True)
class Words:
    form: str
    check: Callable[[str], str]
    """As of Text, for each word."""
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[str, ...]


Kind = Text | Whole | Flag | Words | Choice


def matching(pattern: str, form: str) -> Callable[[str], str]:
    """A check that the whole text has a form."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise ValueError(f"must be {form}, not {quoted(text)}")
        return text

    return check


def from_toml(kind: Kind, raw: object) -> Value:
    """The value that TOML holds, checked; raises ValueError with a sentence."""
    match kind:
        case Text(check=check):
            if not isinstance(raw, str) or len(raw) > MAX_TEXT:
                raise ValueError(f"must be a text in quotes, not {quoted(raw)}")
            return check(raw)
        case Whole(least, most):
            # bool is an int to Python, and `port = true` is a mistake.
            if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
                raise ValueError(f"must be a whole number from {least} to {most}, not {quoted(raw)}")
            return raw
        case Flag():
            if raw is True or raw is False:
                return raw
            raise ValueError(f"must be true or false, not {quoted(raw)}")
        case Words():
            return _words(kind, raw)
        case Choice(options):
            if not isinstance(raw, str) or raw not in options:
                raise ValueError(f"must be one of {', '.join(options)}, not {quoted(raw)}")
            return raw
        case _:
            assert_never(kind)


def from_text(kind: Kind, text: str) -> Value:
    """The value of an environment variable: lists are words with spaces between; raises ValueError with a sentence."""
    match kind:
        case Whole():
            return from_toml(kind, int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text)
        case Flag():
            return from_toml(kind, {"true": True, "false": False}.get(text, text))
        case Words():
            return from_toml(kind, text.split())
        case Text() | Choice():
            return from_toml(kind, text)
        case _:
            assert_never(kind)


def _words(kind: Words, raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > MAX_WORDS or not all(isinstance(word, str) for word in raw):
        raise ValueError(f"must be a list of texts, not {quoted(raw)}")
    if not raw and not kind.may_be_empty:
        raise ValueError("must name at least one")
    if len(set(raw)) != len(raw):
        raise ValueError("must not name the same twice")
    return tuple(kind.check(word) for word in raw)
