"""Members of what a server answered, read by a client: each is of its type, or the answer is malformed."""

from collections.abc import Mapping


class MalformedResponse(ValueError):
    """The server's answer is not what its RFC says; the message names the member and repeats no value."""


def text(document: Mapping[str, object], name: str) -> str:
    """A string that must be there and not be empty."""
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedResponse(f"{name} is missing or not a string")
    return value


def optional_text(document: Mapping[str, object], name: str) -> str | None:
    """None when absent, null or empty, which some servers write for the same."""
    value = document.get(name)
    return None if value is None or value == "" else text(document, name)


def optional_integer(document: Mapping[str, object], name: str) -> int | None:
    """A JSON number that is whole and not negative; None when absent or null."""
    value = document.get(name)
    if value is None:
        return None
    whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if not isinstance(value, int | float) or isinstance(value, bool) or not whole or value < 0:
        raise MalformedResponse(f"{name} is not a whole number")
    return int(value)


def texts(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    """A list of strings; () when absent or null."""
    value = document.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise MalformedResponse(f"{name} is not a list of strings")
    return tuple(value)


def flag(document: Mapping[str, object], name: str, *, absent: bool) -> bool:
    """A boolean, `absent` when it is not there."""
    value = document.get(name)
    if value is None:
        return absent
    if not isinstance(value, bool):
        raise MalformedResponse(f"{name} is not a boolean")
    return value
