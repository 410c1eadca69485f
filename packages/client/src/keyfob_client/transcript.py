"""Requests and answers as text for people, with everything secret shortened."""

from collections.abc import Mapping

from keyfob_client.messages import Headers, HttpRequest, HttpResponse
from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.json_document import JsonDocumentError, parse_json_object
from keyfob_protocol.parameters import parse_parameters

SECRET_MEMBERS = frozenset(
    (
        "access_token",
        "client_secret",
        "code",
        "code_verifier",
        "id_token",
        "id_token_hint",
        "nonce",
        "refresh_token",
        "registration_access_token",
        "state",
    )
)
SHOWN_CHARACTERS = 6
_INDENT = "    "
_SHOWN_HEADERS = ("authorization", "content-type", "www-authenticate", "retry-after", "location")


def shortened(secret: str) -> str:
    """The last characters, enough to see whether two are alike; of a short one none.

    The last, because tokens of one day and one key begin alike.
    """
    return f"...{secret[-SHOWN_CHARACTERS:]}" if len(secret) > 3 * SHOWN_CHARACTERS else "..."


def describe_request(request: HttpRequest) -> str:
    lines = [f"{request.method} {describe_url(request.url)}", *_headers(request.headers)]
    return "\n".join([*lines, *_body(request.body)])


def describe_response(response: HttpResponse) -> str:
    return "\n".join([f"HTTP {response.status}", *_headers(response.headers), *_body(response.body)])


def describe_url(url: str) -> str:
    """The URL with one parameter a line."""
    address, _, query = url.partition("?")
    return "\n".join([address, *_parameters(query)]) if query else address


def print_exchange(request: HttpRequest, response: HttpResponse) -> None:
    """An observer of a transport."""
    print(f">> {describe_request(request)}\n<< {describe_response(response)}")  # noqa: T201 - printing is its work


def print_url(url: str) -> None:
    """An observer of a user agent."""
    print(f"-- browser: {describe_url(url)}")  # noqa: T201 - printing is its work


def _headers(headers: Headers) -> list[str]:
    return [
        f"{_INDENT}{name}: {_header_value(name.lower(), value)}"
        for name, value in headers
        if name.lower() in _SHOWN_HEADERS
    ]


def _header_value(name: str, value: str) -> str:
    if name == "authorization":
        scheme, _, credentials = value.partition(" ")
        return f"{scheme} {shortened(credentials)}"
    return value.partition("?")[0] if name == "location" else _plain(value)


def _body(body: bytes) -> list[str]:
    if not body:
        return []
    try:
        return [f"{_INDENT}{name}: {_value(name, value)}" for name, value in _members(parse_json_object(body))]
    except JsonDocumentError:
        return _parameters(body.decode("ascii", "replace"))


def _members(document: Mapping[str, object]) -> list[tuple[str, object]]:
    return [(_plain(name), value) for name, value in document.items()]


def _parameters(query: str) -> list[str]:
    try:
        pairs = parse_parameters(query).pairs()
    except InvalidRequest:
        return [f"{_INDENT}({len(query)} characters)"]
    return [f"{_INDENT}{_plain(name)}={_value(name, value)}" for name, value in pairs]


def _value(name: str, value: object) -> str:
    if name in SECRET_MEMBERS:
        return shortened(value) if isinstance(value, str) else "..."
    return _plain(value if isinstance(value, str) else repr(value))


def _plain(text: str) -> str:
    """What a server sends must not drive the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)
