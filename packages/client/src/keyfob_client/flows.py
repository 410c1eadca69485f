"""The journeys of an app, step by step, without a clock, a socket or a browser.

Each is a generator of wants (see steps.py) to be driven by driving.py or by the app itself. Each saves what must not be
lost at the moment it is known, also when it then ends by an error: a registration straight after the server's 201, a
loss straight after the refusal.
"""

from dataclasses import replace

from keyfob_client.auth_state import AuthState, UnansweredRegistration
from keyfob_client.authorization import (
    AUTHORIZATION_RANDOM_BYTES,
    PendingAuthorization,
    authorization_request,
    parse_authorization_response,
)
from keyfob_client.client_credentials import ClientCredentials
from keyfob_client.configuration import AppConfiguration
from keyfob_client.discovery import discovery_request, jwks_request, parse_discovery_response, parse_jwks_response
from keyfob_client.end_session import END_SESSION_RANDOM_BYTES, end_session_request, parse_end_session_response
from keyfob_client.errors import (
    AuthorizationCancelled,
    ClientError,
    ConnectionFailed,
    InvalidIdToken,
    ServerUnavailable,
)
from keyfob_client.id_token import Expected, VerifiedIdToken, verify_id_token
from keyfob_client.messages import HttpRequest
from keyfob_client.registration import (
    RegistrationRequest,
    deletion_request,
    idempotency_key,
    instance_credentials,
    parse_deletion_response,
    parse_registration_response,
    repeated_request,
    unanswered_registration,
)
from keyfob_client.steps import Flow, T, save, send, send_until_answered, visit
from keyfob_client.token import code_request, parse_token_response, refresh_request
from keyfob_protocol.client_information import ClientInformation
from keyfob_protocol.identifiers import Issuer
from keyfob_protocol.server_metadata import ServerMetadata
from keyfob_protocol.token_response import TokenResponse

RANDOM_BYTES = AUTHORIZATION_RANDOM_BYTES
"""What every flow that opens the browser takes from a cryptographic source, fresh each time."""


def discover(issuer: Issuer) -> Flow[ServerMetadata]:
    return parse_discovery_response((yield from send(discovery_request(issuer))), issuer=issuer)


def register(
    state: AuthState,
    metadata: ServerMetadata,
    configuration: AppConfiguration,
    asked: RegistrationRequest,
    *,
    redirect_uri: str,
    random_bytes: bytes,
) -> Flow[AuthState]:
    """The person signs in with the registration client, and the token of that registers this install.

    `random_bytes`: RANDOM_BYTES from a cryptographic source, used once. An answer that is lost on the way is asked for
    again, with a key that makes it the same registration. What that takes is handed to the keeper before the request is
    sent, initial token and all, and dropped with the answer: a keeper that keeps it lets `finish_registration` go on
    after the program died. An app whose configuration names a template is registered by that.
    If no answer can be kept, the server has an instance that nobody can use; it dies of never being used.
    """
    client = ClientCredentials(configuration.registration_client_id)
    url, pending = authorization_request(
        metadata,
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        scope=("dcr",),
        random_bytes=random_bytes,
        prompt=("login",),
        instance=False,
    )
    tokens, _ = yield from _tokens_for_code(metadata, client, url, pending)
    if configuration.software_id:
        asked = replace(asked, software_id=configuration.software_id)
    unanswered = unanswered_registration(asked, initial_token=tokens.access_token, key=idempotency_key(random_bytes))
    return (yield from _registered(state, repeated_request(metadata, unanswered), unanswered))


def finish_registration(state: AuthState, metadata: ServerMetadata) -> Flow[AuthState]:
    """Ask again for the answer of a registration that the state says was begun. No browser is opened.

    The server gives it for some minutes; afterwards AuthorizationExpired is raised, and the person registers again.
    ValueError for a state without one.
    """
    if state.unanswered is None:
        raise ValueError("no registration is without its answer")
    request = repeated_request(metadata, state.unanswered)
    return (yield from _registered(state, request, state.unanswered))


def sign_in(
    state: AuthState,
    metadata: ServerMetadata,
    *,
    scope: tuple[str, ...],
    redirect_uri: str,
    random_bytes: bytes,
) -> Flow[AuthState]:
    """As this install: silent by single sign-on, unless the person has signed out before.

    `random_bytes` as for `register`. ValueError for a state without a registration.
    """
    registration = _registration(state)
    client = instance_credentials(registration)
    url, pending = authorization_request(
        metadata,
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        scope=scope,
        random_bytes=random_bytes,
        prompt=("login",) if state.signed_out else (),
        instance=True,
    )
    tokens, received_at = yield from _keeping(state, _tokens_for_code(metadata, client, url, pending))
    alg = registration.metadata.id_token_signed_response_alg
    proved = yield from _proved(metadata, pending, tokens, alg=alg, received_at=received_at)
    signed_in = state.after_token(tokens, asked=scope, received_at=received_at, id_token=proved)
    yield from save(signed_in)
    return signed_in


def refresh(state: AuthState, metadata: ServerMetadata) -> Flow[AuthState]:
    """Silent. ValueError for a state without a refresh token."""
    client = instance_credentials(_registration(state))
    if state.tokens is None or state.tokens.refresh_token is None:
        raise ValueError("there is no refresh token")
    refreshed = yield from _keeping(state, _refreshed(metadata, client, state, state.tokens.refresh_token))
    yield from save(refreshed)
    return refreshed


def sign_out(
    state: AuthState, metadata: ServerMetadata, *, post_logout_redirect_uri: str, random_bytes: bytes
) -> Flow[AuthState]:
    """The app forgets its tokens first, so that a closed browser leaves nobody signed in here.

    `random_bytes` as for `register`. A server without an end session endpoint is left alone.
    """
    registration = _registration(state)
    signed_out = state.after_sign_out()
    yield from save(signed_out)
    if not metadata.end_session_endpoint:
        return signed_out
    url, pending = end_session_request(
        metadata,
        client_id=registration.client_id,
        id_token=state.tokens.id_token if state.tokens else None,
        post_logout_redirect_uri=post_logout_redirect_uri,
        random_bytes=random_bytes[:END_SESSION_RANDOM_BYTES],
    )
    try:
        landed = yield from visit(url)
    except AuthorizationCancelled:
        return signed_out
    parse_end_session_response(landed, pending)
    return signed_out


def forget(state: AuthState) -> Flow[AuthState]:
    """The server deletes the registration, and with it every sign-in of this install; then it is forgotten here.

    No browser is opened. When the server knows it no more, it is forgotten here all the same, and RegistrationLost says
    so; any other error keeps it. ValueError for a state without a registration.
    """
    yield from _keeping(state, _deleted(_registration(state)))
    forgotten = state.dropped()
    yield from save(forgotten)
    return forgotten


def _registered(state: AuthState, request: HttpRequest, unanswered: UnansweredRegistration) -> Flow[AuthState]:
    yield from save(replace(state, unanswered=unanswered))
    try:
        registration = parse_registration_response((yield from send_until_answered(request)))
    except ClientError as error:
        if not isinstance(error, ConnectionFailed | ServerUnavailable):
            yield from save(replace(state, unanswered=None))
        raise
    registered = state.after_registration(registration)
    yield from save(registered)
    return registered


def _deleted(registration: ClientInformation) -> Flow[None]:
    parse_deletion_response((yield from send(deletion_request(registration))))


def _tokens_for_code(
    metadata: ServerMetadata, client: ClientCredentials, url: str, pending: PendingAuthorization
) -> Flow[tuple[TokenResponse, int]]:
    """The tokens, and when they came. A code whose answer is lost is not tried again: it works once."""
    code = parse_authorization_response((yield from visit(url)), pending)
    response = yield from send(code_request(metadata, client, pending, code))
    answer = parse_token_response(response, stage="authorization_response", instance=client.instance)
    return answer, response.received_at


def _proved(
    metadata: ServerMetadata, pending: PendingAuthorization, tokens: TokenResponse, *, alg: str, received_at: int
) -> Flow[VerifiedIdToken | None]:
    if "openid" not in pending.scope:
        return None
    if tokens.id_token is None:
        raise InvalidIdToken("The server gave no ID token.")
    keys = parse_jwks_response((yield from send(jwks_request(metadata))))
    expected = Expected(
        issuer=pending.issuer,
        client_id=pending.client_id,
        nonce=pending.nonce,
        alg=alg,
        access_token=tokens.access_token,
    )
    return verify_id_token(tokens.id_token, keys, expected, now=received_at)


def _refreshed(
    metadata: ServerMetadata, client: ClientCredentials, state: AuthState, refresh_token: str
) -> Flow[AuthState]:
    response = yield from send(refresh_request(metadata, client, refresh_token))
    answer = parse_token_response(response, stage="refresh", instance=True)
    return state.after_refresh(answer, received_at=response.received_at)


def _keeping(state: AuthState, flow: Flow[T]) -> Flow[T]:
    """Saves what an error costs before the error goes on."""
    try:
        return (yield from flow)
    except ClientError as error:
        after = state.after_error(error)
        if after != state:
            yield from save(after)
        raise


def _registration(state: AuthState) -> ClientInformation:
    if state.registration is None:
        raise ValueError("this install is not registered")
    return state.registration
