"""The authorization response in a redirect URI's query (RFC 6749 section 4.1.2, RFC 9207)."""

from dataclasses import dataclass, field

from keyfob_protocol.errors import InvalidRequest, ProtocolError, ServerError
from keyfob_protocol.parameters import parse_parameters
from keyfob_protocol.response_members import MalformedResponse


@dataclass(frozen=True, slots=True)
class AuthorizationResponse:
    code: str = field(repr=False)
    state: str | None
    iss: str | None


@dataclass(frozen=True, slots=True)
class AuthorizationErrorResponse:
    error: str
    error_description: str
    state: str | None
    iss: str | None
    client_status: str | None = None
    """House member: why the client may not ask any more."""


def success_parameters(code: str, state: str | None, iss: str) -> tuple[tuple[str, str], ...]:
    return (("code", code), *_state(state), ("iss", iss))


def error_parameters(error: ProtocolError, state: str | None, iss: str) -> tuple[tuple[str, str], ...]:
    """An error whose code may not travel by redirect goes as `server_error`, without its description."""
    told = error if error.by_redirect else ServerError()
    return (*told.document().items(), *_state(state), ("iss", iss))


def parse_authorization_response(uri: str) -> AuthorizationResponse | AuthorizationErrorResponse:
    """What came back in the redirect URI `uri`; `state` and `iss` are for the caller to judge.

    Raises MalformedResponse.
    """
    query = uri.partition("#")[0].partition("?")[2]
    try:
        parameters = parse_parameters(query)
    except InvalidRequest as error:
        raise MalformedResponse(error.description) from None
    if parameters.repeated(allowed=()):
        raise MalformedResponse("a parameter occurs more than once")
    code, error_code = parameters.get("code"), parameters.get("error")
    state, iss = parameters.get("state"), parameters.get("iss")
    if code is not None and error_code is None:
        return AuthorizationResponse(code, state, iss)
    if error_code is not None and code is None:
        description = parameters.get("error_description") or ""
        return AuthorizationErrorResponse(error_code, description, state, iss, parameters.get("client_status"))
    raise MalformedResponse("the answer must hold either a code or an error")


def _state(state: str | None) -> tuple[tuple[str, str], ...]:
    return () if state is None else (("state", state),)
