"""Versions of apps as their instances say them: numbers with dots, and the oldest that a template still serves."""

import re
from typing import Final

from keyfob_server.rules.records import Client

TOO_OLD_TEXT: Final = "this version of the app is too old; please update"

_VERSION: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9}){0,9})(?:[-+ (].*)?", re.ASCII)
"""What follows the numbers, as in `2.1.0-beta` and `2.1.0 (7)`, does not count."""


def version_numbers(text: str) -> tuple[int, ...] | None:
    """`1.10.0` as (1, 10): zeros at the end say nothing. None for what is no version."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    numbers = [int(part) for part in found[1].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def is_older(version: str, minimum: str) -> bool:
    """An empty minimum serves all; beside any other, what is no version is older than every version."""
    if not minimum:
        return False
    least, said = version_numbers(minimum), version_numbers(version)
    # a minimum that cannot be read was meant to keep somebody out
    return least is None or said is None or said < least


def is_too_old(client: Client) -> bool:
    """An instance that its template does not serve any more, until it says a newer `software_version`."""
    if client.template is None:
        return False
    return is_older(client.metadata.software_version, client.settings.minimum_software_version)
