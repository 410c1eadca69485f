"""Which answers a page of another origin may read (Fetch, the CORS protocol). Never with credentials, never `null`."""

from collections.abc import Collection
from typing import Final

from keyfob_server.rules.origins import origin_fault
from keyfob_server.web.asgi import Scope
from keyfob_server.web.limits import header_lines
from keyfob_server.web.write import Answer, RawHeaders

ANY_ORIGIN: Final = "*"
_VARY: RawHeaders = ((b"vary", b"Origin"),)
_EXPOSED: RawHeaders = ((b"access-control-expose-headers", b"WWW-Authenticate, Retry-After, DPoP-Nonce"),)
_ASKED_METHOD: Final = b"access-control-request-method"
_TAKEN_HEADERS: Final = b"Authorization, Content-Type, Idempotency-Key, DPoP"
_MAX_AGE_S: Final = 600


def origin_of(scope: Scope) -> str | None:
    """The one Origin of a request. None also when it came twice: nobody says which one counts."""
    found = header_lines(scope, b"origin")
    return found[0].decode("latin-1") if len(found) == 1 else None


def preflight_origin(scope: Scope) -> str | None:
    """Whose page asks before it sends a request; None when the request is no such question."""
    if scope["method"] != "OPTIONS" or not header_lines(scope, _ASKED_METHOD):
        return None
    return origin_of(scope)


def is_allowed(origin: str | None, allowed: Collection[str]) -> bool:
    """Whether it is among those listed, byte for byte. What is no origin is none, however it came into a list."""
    return origin is not None and origin in allowed and origin_fault(origin) is None


def sharing(origin: str | None, allowed: Collection[str]) -> RawHeaders:
    """The headers of an answer that belongs to one client, and depends on the origin whether it is let in or not."""
    if origin is None or not is_allowed(origin, allowed):
        return _VARY
    return (*_VARY, (b"access-control-allow-origin", origin.encode()), *_EXPOSED)


def preflight_answer(origin: str, methods: tuple[str, ...]) -> Answer:
    """For an origin that is let in, or ANY_ORIGIN. Whether it may read the answer itself, that answer says."""
    return Answer(
        204,
        b"",
        (
            *(() if origin == ANY_ORIGIN else _VARY),
            (b"access-control-allow-origin", origin.encode()),
            (b"access-control-allow-methods", ", ".join(methods).encode()),
            (b"access-control-allow-headers", _TAKEN_HEADERS),
            (b"access-control-max-age", str(_MAX_AGE_S).encode()),
            (b"cache-control", b"no-store"),
        ),
    )
