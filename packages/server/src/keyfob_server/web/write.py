"""From values and errors to HTTP answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from keyfob_protocol.errors import InsufficientScope, InvalidToken, MissingToken, ProtocolError, TooManyRequests
from keyfob_server.web.asgi import Send
from keyfob_server.web.limits import HttpRefusal

RawHeaders = tuple[tuple[bytes, bytes], ...]

_JSON: RawHeaders = ((b"content-type", b"application/json"),)
NO_STORE: RawHeaders = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
_JSON_NO_STORE: RawHeaders = (*_JSON, *NO_STORE)
_encode = msgspec.json.Encoder().encode


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


async def send_answer(send: Send, answer: Answer, more: RawHeaders) -> None:
    """`more` are the headers of every answer; what the answer says itself goes before them."""
    headers = [*together(answer.headers, more)]
    # RFC 9110 section 8.6: an answer that can have no content has no length either
    if answer.status != 204:  # noqa: PLR2004 - the status itself
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


@lru_cache(maxsize=256)
def together(own: RawHeaders, more: RawHeaders) -> RawHeaders:
    """A header that an answer says itself is not said again. Few answers have headers that no other has."""
    said = {name for name, _ in own}
    return (*own, *(pair for pair in more if pair[0] not in said))
