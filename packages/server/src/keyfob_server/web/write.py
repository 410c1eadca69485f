"""From values and errors to HTTP answers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import msgspec

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InsufficientScope, InvalidToken, MissingToken, ProtocolError, TooManyRequests
from keyfob_server.web.asgi import Send
from keyfob_server.web.limits import HttpRefusal

RawHeaders = tuple[tuple[bytes, bytes], ...]

_JSON: RawHeaders = ((b"content-type", b"application/json"),)
NO_STORE: RawHeaders = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
_JSON_NO_STORE: RawHeaders = (*_JSON, *NO_STORE)
_encode = msgspec.json.Encoder().encode

# RFC 9110 section 8.6: an answer that can have no content has no length either
_NO_CONTENT: Final = 204
# RFC 9110 sections 5.6.2 and 5.5
_NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@cheaply_made
@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: RawHeaders


def raw(headers: tuple[tuple[str, str], ...]) -> RawHeaders:
    return tuple((name.lower().encode(), value.encode("latin-1")) for name, value in headers)


def json_answer(document: Mapping[str, object], *, status: int = 200, headers: RawHeaders = NO_STORE) -> Answer:
    return Answer(status, _encode(document), _JSON_NO_STORE if headers is NO_STORE else (*_JSON, *headers))


def text_answer(text: str, media_type: str) -> Answer:
    return Answer(200, text.encode(), ((b"content-type", media_type.encode()), *NO_STORE))


def no_content() -> Answer:
    return Answer(204, b"", NO_STORE)


def error_answer(error: ProtocolError, *, scheme: str, retry_after_s: int | None = None) -> Answer:
    """The JSON error of RFC 6749 section 5.2; a 401 or a refused scope names `scheme` (`Basic` or `Bearer`)."""
    headers = NO_STORE
    if error.status == 401 or isinstance(error, InsufficientScope):  # noqa: PLR2004 - the status itself
        headers = (*headers, (b"www-authenticate", _challenge(error, scheme).encode("latin-1", "replace")))
    if isinstance(error, TooManyRequests):
        retry_after_s = error.retry_after_s
    if retry_after_s is not None:
        headers = (*headers, (b"retry-after", str(retry_after_s).encode()))
    document = {} if isinstance(error, MissingToken) else error.document()
    return json_answer(document, status=error.status, headers=headers)


def refusal_answer(refusal: HttpRefusal) -> Answer:
    document = {"error": refusal.code, "error_description": refusal.description}
    return json_answer(document, status=refusal.status, headers=(*NO_STORE, *raw(refusal.headers)))


def _challenge(error: ProtocolError, scheme: str) -> str:
    """RFC 6750 section 3; bare when the request had no credentials."""
    if scheme == "Basic":
        return 'Basic realm="keyfob", charset="UTF-8"'
    if not isinstance(error, InvalidToken | InsufficientScope):
        return scheme
    scope = ', scope="dcr"' if isinstance(error, InsufficientScope) and "dcr" in error.description else ""
    return f'{scheme} error="{error.code}", error_description="{error.description}"{scope}'


@cheaply_made
@dataclass(frozen=True, slots=True)
class Response:
    answer: Answer
    more: RawHeaders
    """The headers of every answer; what the answer says itself goes before them."""
    request_id: bytes
    """Empty for one whose sender adds it."""


async def send_answer(send: Send, response: Response) -> None:
    """As ASGI messages."""
    answer = response.answer
    headers = [*together(answer.headers, response.more)]
    if answer.status != _NO_CONTENT:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    if response.request_id:
        headers.append((b"x-request-id", response.request_id))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def written(response: Response, last: Iterable[tuple[bytes, bytes]], *, head_only: bool, close: bool) -> bytes:
    """As HTTP/1.1, with the headers `last` behind what the answer says. Raises ValueError for what is no header."""
    answer = response.answer
    lines = [_begun(answer.status, answer.headers, response.more)]
    if answer.status != _NO_CONTENT:
        lines.append(b"content-length: %d\r\n" % len(answer.body))
    lines += [b"%b: %b\r\n" % pair for pair in last]
    lines.append(b"x-request-id: %b\r\n" % response.request_id)
    lines.append(b"connection: close\r\n\r\n" if close else b"\r\n")
    if not head_only:
        lines.append(answer.body)
    return b"".join(lines)


@lru_cache(maxsize=256)
def _begun(status: int, own: RawHeaders, more: RawHeaders) -> bytes:
    headers = together(own, more)
    for name, value in headers:
        if not _NAME.fullmatch(name) or _CONTROL.search(value):
            raise ValueError(f"not a header field: {name!r}")
    lines = (b"%b: %b\r\n" % pair for pair in headers)
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode() + b"".join(lines)


@lru_cache(maxsize=256)
def together(own: RawHeaders, more: RawHeaders) -> RawHeaders:
    """A header that an answer says itself is not said again. Few answers have headers that no other has."""
    said = {name for name, _ in own}
    return (*own, *(pair for pair in more if pair[0] not in said))
