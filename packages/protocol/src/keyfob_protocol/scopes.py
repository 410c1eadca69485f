"""Scope: a set of names that keeps its order (RFC 6749 section 3.3)."""

import re

from keyfob_protocol.errors import InvalidScope

MAX_SCOPE_LENGTH = 2048

_SCOPE = re.compile(r"[!#-\[\]-~]+(?: [!#-\[\]-~]+)*")


def parse_scope(text: str | None) -> tuple[str, ...]:
    """The scope tokens, each once, in the order given; () when absent. Raises InvalidScope."""
    if not text:
        return ()
    if len(text) > MAX_SCOPE_LENGTH:
        raise InvalidScope(f"the scope is longer than {MAX_SCOPE_LENGTH} characters")
    if not _SCOPE.fullmatch(text):
        raise InvalidScope("the scope must be names of printable ASCII with one space between them")
    return tuple(dict.fromkeys(text.split(" ")))


def format_scope(scope: tuple[str, ...]) -> str:
    return " ".join(scope)
