"""The token request (RFC 6749 sections 4.1.3, 4.4.2 and 6). Client authentication is read elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidRequest, UnsupportedGrantType
from keyfob_protocol.parameters import Parameters
from keyfob_protocol.resource_indicators import check_resources
from keyfob_protocol.scopes import format_scope, parse_scope

MAX_TOKEN_LENGTH = 4096
"""Characters of a code or a refresh token; longer ones are none of ours."""


@cheaply_made
@dataclass(frozen=True, slots=True)
class AuthorizationCodeRequest:
    code: str = field(repr=False)
    redirect_uri: str | None = None
    code_verifier: str | None = field(default=None, repr=False)
    resource: tuple[str, ...] = ()


@cheaply_made
@dataclass(frozen=True, slots=True)
class RefreshTokenRequest:
    refresh_token: str = field(repr=False)
    scope: tuple[str, ...] = ()
    """Empty: as granted before."""
    resource: tuple[str, ...] = ()


@cheaply_made
@dataclass(frozen=True, slots=True)
class ClientCredentialsRequest:
    scope: tuple[str, ...] = ()
    """Empty: all that the client may have."""
    resource: tuple[str, ...] = ()


TokenRequest = AuthorizationCodeRequest | RefreshTokenRequest | ClientCredentialsRequest


def parse_token_request(parameters: Parameters) -> TokenRequest:
    """Raises InvalidRequest, UnsupportedGrantType, InvalidScope or InvalidTarget."""
    if parameters.repeated():
        raise InvalidRequest("a parameter occurs more than once")
    grant_type = parameters.get("grant_type")
    if grant_type is None:
        raise InvalidRequest("grant_type is missing")
    if grant_type not in _PARSERS:
        raise UnsupportedGrantType("grant_type must be of " + ", ".join(_PARSERS))
    check_resources(parameters.all("resource"))
    return _PARSERS[grant_type](parameters)


def to_parameters(request: TokenRequest) -> tuple[tuple[str, str], ...]:
    """The pairs that parse to `request` again."""
    single: dict[str, str | None]
    match request:
        case AuthorizationCodeRequest():
            single = {
                "grant_type": "authorization_code",
                "code": request.code,
                "redirect_uri": request.redirect_uri,
                "code_verifier": request.code_verifier,
            }
        case RefreshTokenRequest():
            single = {
                "grant_type": "refresh_token",
                "refresh_token": request.refresh_token,
                "scope": format_scope(request.scope),
            }
        case ClientCredentialsRequest():
            single = {"grant_type": "client_credentials", "scope": format_scope(request.scope)}
        case _:
            assert_never(request)
    pairs = tuple((name, value) for name, value in single.items() if value)
    return pairs + tuple(("resource", uri) for uri in request.resource)


def _authorization_code(parameters: Parameters) -> AuthorizationCodeRequest:
    return AuthorizationCodeRequest(
        code=_token(parameters, "code"),
        redirect_uri=parameters.get("redirect_uri"),
        code_verifier=parameters.get("code_verifier"),
        resource=parameters.all("resource"),
    )


def _refresh_token(parameters: Parameters) -> RefreshTokenRequest:
    return RefreshTokenRequest(
        refresh_token=_token(parameters, "refresh_token"),
        scope=parse_scope(parameters.get("scope")),
        resource=parameters.all("resource"),
    )


def _client_credentials(parameters: Parameters) -> ClientCredentialsRequest:
    return ClientCredentialsRequest(scope=parse_scope(parameters.get("scope")), resource=parameters.all("resource"))


def _token(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    if value is None:
        raise InvalidRequest(f"{name} is missing")
    if len(value) > MAX_TOKEN_LENGTH:
        raise InvalidRequest(f"{name} is longer than {MAX_TOKEN_LENGTH} characters")
    return value


_PARSERS: Mapping[str, Callable[[Parameters], TokenRequest]] = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
}
GRANT_TYPES = tuple(_PARSERS)
