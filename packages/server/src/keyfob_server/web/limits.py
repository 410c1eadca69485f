"""Limits of an HTTP message, checked before anything else looks at it."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, NamedTuple

from keyfob_server.web.asgi import Receive, Scope

_BY_NAME: Final = "keyfob.headers"
_NONE: Final[frozenset[bytes]] = frozenset()
WHOLE_BODY: Final = "keyfob.body"
"""Of a scope: the body, where it was read already."""


@dataclass(frozen=True, slots=True)
class Limits:
    target_bytes: int = 8192
    """Path and query."""
    header_bytes: int = 16384
    header_count: int = 64
    body_bytes: int = 65536


class HttpRefusal(Exception):
    """The HTTP message itself is refused."""

    def __init__(self, status: int, code: str, description: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.headers = headers


def check_head(scope: Scope, limits: Limits) -> None:
    """Raises HttpRefusal 414, 431, or 400 for a header that may occur once and does not."""
    if len(scope["raw_path"]) + len(scope["query_string"]) > limits.target_bytes:
        raise HttpRefusal(414, "invalid_request", "the address is too long")
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    if len(headers) > limits.header_count or sum([len(n) + len(v) for n, v in headers]) > limits.header_bytes:
        raise HttpRefusal(431, "invalid_request", "the header fields are too large")


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header that may occur once; raises HttpRefusal 400 when it occurs twice."""
    named = _named(scope)
    value = named.single.get(name)
    if value is not None:
        return value.decode("latin-1")
    if name in named.repeated:
        raise HttpRefusal(400, "invalid_request", f"the header field {name.decode()} occurs more than once")
    return None


def header_lines(scope: Scope, name: bytes) -> list[bytes]:
    """The values of all headers of that name, as they came."""
    named = _named(scope)
    if name in named.repeated:
        return [value for known, value in scope["headers"] if known == name]
    return [named.single[name]] if name in named.single else []


class _Named(NamedTuple):
    single: dict[bytes, bytes]
    repeated: frozenset[bytes]


def _named(scope: Scope) -> _Named:
    """The headers by their names in lower case, put in order once for each request."""
    found: _Named | None = scope.get(_BY_NAME)
    if found is None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        single, repeated = dict(headers), _NONE
        if len(single) < len(headers):
            repeated = frozenset(name for name, count in Counter(name for name, _ in headers).items() if count > 1)
            single = {name: value for name, value in single.items() if name not in repeated}
        found = scope[_BY_NAME] = _Named(single, repeated)
    return found


async def read_body(scope: Scope, receive: Receive, limits: Limits) -> bytes:
    """Raises HttpRefusal 413 as soon as it is known, and 415 for a coded body, before any of it is used."""
    if header(scope, b"content-encoding") not in {None, "identity"}:
        raise HttpRefusal(415, "invalid_request", "send the body without a content coding")
    length = header(scope, b"content-length")
    if length is not None and (not length.isdecimal() or int(length[:12]) > limits.body_bytes):
        raise _too_large(limits)
    whole: bytes | None = scope.get(WHOLE_BODY)
    if whole is not None and len(whole) <= limits.body_bytes:
        return whole
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise HttpRefusal(400, "invalid_request", "the request was cut off")
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limits.body_bytes:
            raise _too_large(limits)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_large(limits: Limits) -> HttpRefusal:
    return HttpRefusal(413, "invalid_request", f"the body may hold {limits.body_bytes} bytes")
