"""Lengths of time and numbers of uses as people type them: callbacks of options."""

import re
from typing import Final

import click

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION: Final = re.compile(r"([1-9][0-9]{0,8})([smhd])")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,6}")


def duration(_ctx: click.Context, _parameter: click.Parameter, text: str) -> int:
    """`90s`, `15m`, `12h` or `7d`, as seconds."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"{text!a} is no duration such as 90s, 15m, 12h or 7d")
    return int(found[1]) * _UNITS[found[2]]


def uses(_ctx: click.Context, _parameter: click.Parameter, text: str) -> int | None:
    """A number; None for `unlimited`."""
    if text != "unlimited" and _NUMBER.fullmatch(text) is None:
        raise click.BadParameter(f"{text!a} is neither a number nor unlimited")
    return None if text == "unlimited" else int(text)
