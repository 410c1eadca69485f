"""The authorization request (RFC 6749 section 4.1.1, RFC 7636, RFC 8707, OpenID Connect Core section 3.1.2.1)."""

import re
from dataclasses import dataclass

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import (
    InvalidRequest,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnsupportedResponseType,
)
from keyfob_protocol.parameters import Parameters
from keyfob_protocol.pkce import check_code_challenge
from keyfob_protocol.resource_indicators import check_resources
from keyfob_protocol.scopes import format_scope, parse_scope

PROMPTS = ("none", "login", "consent", "select_account")
RESPONSE_TYPES = ("code",)
FORM_POST = "form_post"
"""OAuth 2.0 Form Post Response Mode: the answer comes in the body of a POST."""
RESPONSE_MODES = ("query", FORM_POST)

MAX_LENGTHS = {
    "client_id": 2048,
    "state": 2048,
    "nonce": 512,
    "login_hint": 256,
    "ui_locales": 256,
    "acr_values": 1024,
    "id_token_hint": 8192,
}
"""Characters, by parameter."""

_NOT_SUPPORTED = {
    "request": RequestNotSupported,
    "request_uri": RequestUriNotSupported,
    "registration": RegistrationNotSupported,
}
_MAX_AGE = re.compile(r"[0-9]{1,9}")


@cheaply_made
@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """What a client asks for. An empty tuple or text means absent."""

    client_id: str
    redirect_uri: str | None
    response_type: str = "code"
    scope: tuple[str, ...] = ()
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    """Seconds."""
    acr_values: tuple[str, ...] = ()
    login_hint: str = ""
    ui_locales: str = ""
    id_token_hint: str = ""
    response_mode: str | None = None
    resource: tuple[str, ...] = ()


def peek_client(parameters: Parameters) -> tuple[str | None, str | None]:
    """client_id and redirect_uri, each None unless it occurs exactly once: they decide between page and redirect."""
    return parameters.get("client_id"), parameters.get("redirect_uri")


def peek_response_mode(parameters: Parameters) -> str | None:
    """How the answer is to travel, also when it is an error; None for the usual way, and for what is not supported."""
    response_mode = parameters.get("response_mode")
    return response_mode if response_mode in RESPONSE_MODES else None


def parse_authorization_request(parameters: Parameters, *, pkce_required: bool = True) -> AuthorizationRequest:
    """Raises the ProtocolError that belongs to the first fault. Says nothing about the client or the redirect URI."""
    _check_shape(parameters)
    client_id = parameters.get("client_id")
    if client_id is None:
        raise InvalidRequest("client_id is missing")
    response_type, response_mode = _response_type(parameters), _response_mode(parameters)
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if pkce_required or challenge is not None or method is not None:
        check_code_challenge(challenge, method)
    resource = parameters.all("resource")
    check_resources(resource)
    return AuthorizationRequest(
        client_id=client_id,
        redirect_uri=parameters.get("redirect_uri"),
        response_type=response_type,
        scope=parse_scope(parameters.get("scope")),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        code_challenge=challenge,
        code_challenge_method=method,
        prompt=_prompt(parameters),
        max_age=_max_age(parameters),
        acr_values=tuple((parameters.get("acr_values") or "").split()),
        login_hint=parameters.get("login_hint") or "",
        ui_locales=parameters.get("ui_locales") or "",
        id_token_hint=parameters.get("id_token_hint") or "",
        response_mode=response_mode,
        resource=resource,
    )


def to_parameters(request: AuthorizationRequest) -> tuple[tuple[str, str], ...]:
    """The pairs that parse to `request` again."""
    single: dict[str, str | None] = {
        "client_id": request.client_id,
        "redirect_uri": request.redirect_uri,
        "response_type": request.response_type,
        "scope": format_scope(request.scope),
        "state": request.state,
        "nonce": request.nonce,
        "code_challenge": request.code_challenge,
        "code_challenge_method": request.code_challenge_method,
        "prompt": " ".join(prompt for prompt in PROMPTS if prompt in request.prompt),
        "max_age": None if request.max_age is None else str(request.max_age),
        "acr_values": " ".join(request.acr_values),
        "login_hint": request.login_hint,
        "ui_locales": request.ui_locales,
        "id_token_hint": request.id_token_hint,
        "response_mode": request.response_mode,
    }
    pairs = tuple((name, value) for name, value in single.items() if value)
    return pairs + tuple(("resource", uri) for uri in request.resource)


def _check_shape(parameters: Parameters) -> None:
    if parameters.repeated():
        raise InvalidRequest("a parameter occurs more than once")
    for name, error in _NOT_SUPPORTED.items():
        if parameters.get(name) is not None:
            raise error(f"{name} is not supported")
    for name, limit in MAX_LENGTHS.items():
        if len(parameters.get(name) or "") > limit:
            raise InvalidRequest(f"{name} is longer than {limit} characters")
    nonce = parameters.get("nonce") or ""
    # The code carries it, and has to stay short enough for a token request.
    if not nonce.isascii() or not nonce.isprintable():
        raise InvalidRequest("nonce must be printable ASCII")


def _response_type(parameters: Parameters) -> str:
    response_type = parameters.get("response_type")
    if response_type is None:
        raise InvalidRequest("response_type is missing")
    if response_type not in RESPONSE_TYPES:
        raise UnsupportedResponseType("response_type must be code")
    return response_type


def _response_mode(parameters: Parameters) -> str | None:
    response_mode = parameters.get("response_mode")
    if response_mode is not None and response_mode not in RESPONSE_MODES:
        raise InvalidRequest(f"response_mode must be one of {', '.join(RESPONSE_MODES)}")
    return response_mode


def _prompt(parameters: Parameters) -> frozenset[str]:
    prompt = frozenset((parameters.get("prompt") or "").split())
    if not prompt.issubset(PROMPTS):
        raise InvalidRequest("prompt must be of none, login, consent, select_account")
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequest("prompt none goes with no other value")
    return prompt


def _max_age(parameters: Parameters) -> int | None:
    max_age = parameters.get("max_age")
    if max_age is None:
        return None
    if not _MAX_AGE.fullmatch(max_age):
        raise InvalidRequest("max_age must be a number of seconds")
    return int(max_age)
