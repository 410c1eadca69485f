"""From an HTTP message to what the use cases take."""

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.parameters import Parameters, parse_parameters
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header, read_body

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


async def read_form(scope: Scope, receive: Receive, limits: Limits) -> Parameters:
    """Raises HttpRefusal, and InvalidRequest for any other media type or charset than a form in UTF-8."""
    return form_of(scope, await read_body(scope, receive, limits))


def form_of(scope: Scope, body: bytes) -> Parameters:
    """Of a body that was read already. Raises InvalidRequest."""
    if not _is(header(scope, b"content-type"), FORM):
        raise InvalidRequest(f"the body must be {FORM}")
    return parse_parameters(body)


async def read_json(scope: Scope, receive: Receive, limits: Limits) -> bytes | None:
    """The body of a JSON request, not yet parsed, None for another media type: a bad token is told first. Raises
    HttpRefusal.
    """
    body = await read_body(scope, receive, limits)
    return body if _is(header(scope, b"content-type"), JSON) else None


def query_parameters(scope: Scope) -> Parameters:
    """Raises InvalidRequest."""
    query: bytes = scope["query_string"]
    return parse_parameters(query)


def _is(content_type: str | None, expected: str) -> bool:
    if content_type == expected:
        return True
    media_type, _, rest = (content_type or "").partition(";")
    charset = rest.strip().lower().replace('"', "")
    return media_type.strip().lower() == expected and charset in {"", "charset=utf-8"}
