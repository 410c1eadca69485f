"""What an authorization request gets: a code, a question to the person, or an error."""

from dataclasses import dataclass
from typing import Literal

from keyfob_protocol.authorization_request import FORM_POST, AuthorizationRequest
from keyfob_protocol.errors import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    InvalidRequest,
    InvalidScope,
    LoginRequired,
    UnauthorizedClient,
    UnmetAuthenticationRequirements,
)
from keyfob_server.rules.liveness import LiveSession, client_status
from keyfob_server.rules.policy import Policy, authenticator_names
from keyfob_server.rules.records import Client
from keyfob_server.rules.redirect_target import RedirectTarget
from keyfob_server.rules.registration_limits import NoRoom
from keyfob_server.rules.software_versions import TOO_OLD_TEXT, is_too_old

DCR = "dcr"

SUSPENDED_TEXT = "this app instance is suspended"
ENDED_TEXT = "this app instance was switched off"


@dataclass(frozen=True, slots=True)
class Step:
    """What the person has just done, in the request that is being judged."""

    signed_in: bool = False
    """Gave the password to this very request."""
    confirmed: bool = False
    """Pressed the button of the page shown for this very request."""
    retry: bool = False
    """Gave a wrong password: the page comes again, whoever is signed in."""
    switch: bool = False
    """Asked to sign in as somebody else."""
    asked_for_room: bool = False
    """Pressed a button of the page that asks which device to remove, shown for this very request."""
    without_room: bool = False
    """On that page: to go on though it may be in vain."""
    refusal: AccessDenied | None = None
    """Said no."""


@dataclass(frozen=True, slots=True)
class IssueCode:
    scope: tuple[str, ...]
    session: LiveSession


@dataclass(frozen=True, slots=True)
class AskPassword:
    """Show the sign-in page."""

    other_owner: bool = False
    """Somebody else is signed in in this browser."""


@dataclass(frozen=True, slots=True)
class AskConfirmation:
    kind: Literal["register", "consent", "claim"]
    """`claim`: the instance will belong to this person from now on."""
    scope: tuple[str, ...]
    session: LiveSession


@dataclass(frozen=True, slots=True)
class AskForRoom:
    """Show which devices can be removed, or when the next may be registered."""

    no_room: NoRoom
    session: LiveSession


Decision = IssueCode | AskPassword | AskConfirmation | AskForRoom


def check_client(client: Client) -> None:
    """Raises UnauthorizedClient for a client that is not active, too old, or not registered for the code flow."""
    if status := client_status(client):
        text = SUSPENDED_TEXT if status == "inactive" else ENDED_TEXT
        raise UnauthorizedClient(text, client_status=status)
    if is_too_old(client):
        raise UnauthorizedClient(TOO_OLD_TEXT)
    if "authorization_code" not in client.metadata.grant_types or "code" not in client.metadata.response_types:
        raise UnauthorizedClient("this client is not registered for the authorization code grant")


def pkce_required(client: Client) -> bool:
    """RFC 9700 section 2.1.1: for all but a confidential web client that the operator exempts."""
    metadata = client.metadata
    confidential = metadata.token_endpoint_auth_method != "none" and metadata.application_type == "web"
    return client.settings.require_pkce or not confidential


def allows_sign_in_by(client: Client, acr: str) -> bool:
    """Whether the operator allows this way to sign in, by the whole name of its class or the last part of it."""
    allowed = client.settings.allowed_authenticators
    return not allowed or not authenticator_names(acr).isdisjoint(allowed)


def granted_scope(client: Client, request: AuthorizationRequest, policy: Policy) -> tuple[str, ...]:
    """The scope asked for, or the default; raises InvalidScope for anything outside the registration."""
    default = tuple(value for value in policy.registration.default_scope if value in client.metadata.scope)
    scope = request.scope or default
    allowed = (*client.metadata.scope, DCR) if client.registration_client else client.metadata.scope
    if beyond := [
        value for value in scope if value not in allowed or (value == DCR and not client.registration_client)
    ]:
        raise InvalidScope(f"this client may not ask for: {' '.join(beyond)}"[:200])
    if client.registration_client and DCR not in scope:
        # It is public and proves nothing: what it may have, it never has silently.
        raise InvalidScope("this client registers devices: scope dcr is required")
    if not scope:
        raise InvalidScope("scope is required: there is no default for this client")
    return scope


def check_request(client: Client, request: AuthorizationRequest, target: RedirectTarget, policy: Policy) -> None:
    """What is wrong with the request whoever is signed in; raises the error that belongs."""
    scope = granted_scope(client, request, policy)
    if "openid" in scope and not target.stated:
        raise InvalidRequest("redirect_uri is required with scope openid")
    if request.response_mode == FORM_POST and not target.takes_form_post():
        raise InvalidRequest("response_mode form_post needs an https or loopback redirect URI")


def decide(
    client: Client,
    request: AuthorizationRequest,
    *,
    session: LiveSession | None,
    subject: str | None,
    hinted_subject: str | None,
    step: Step,
    consented: bool = False,
    no_room: NoRoom | None = None,
    policy: Policy,
    now: int,
) -> Decision:
    """`subject` is how the client knows the person of the session; `hinted_subject` is the `sub` of a valid
    id_token_hint; `consented` says that the person of the session allowed this before; `no_room` is what the
    registration that follows would meet.

    Raises the error that goes back by redirect.
    """
    scope = granted_scope(client, request, policy)
    silent = "none" in request.prompt
    registering = DCR in scope
    if silent and registering:
        raise InteractionRequired("registering a device needs the person")
    if not allows_sign_in_by(client, policy.acr):
        raise UnmetAuthenticationRequirements("there is no way to sign in here that this app allows")
    if session is not None and not allows_sign_in_by(client, session.session.authentication.acr):
        session = None
    if session is None or step.retry or step.switch or _must_sign_in(client, request, session, step, now):
        if silent:
            raise LoginRequired("the person has to sign in")
        return AskPassword()
    if not client.settings.any_user and client.owner not in {None, session.account.id}:
        if silent or step.signed_in or step.confirmed:
            raise AccessDenied("this app instance is registered for another account", reason="not the owner")
        return AskPassword(other_owner=True)
    if hinted_subject is not None and hinted_subject != subject:
        if silent or step.signed_in:
            raise LoginRequired("another account is signed in than the one hinted at")
        return AskPassword()
    if silent and request.login_hint and request.login_hint != session.account.user_name:
        raise LoginRequired("another account is signed in than the one hinted at")
    recent = now - session.session.authentication.auth_time <= policy.recent_password_s
    if registering and (question := _before_registering(scope, session, step, no_room, recent=recent)):
        return question
    if is_unclaimed(client) and not step.confirmed:
        if silent:
            raise ConsentRequired("the person has to take this app instance as theirs")
        return AskConfirmation("claim", scope, session)
    if asks_consent(client, request, scope) and not step.confirmed and not consented:
        if silent:
            raise ConsentRequired("the person has to agree")
        return AskConfirmation("consent", scope, session)
    return IssueCode(scope, session)


def _before_registering(
    scope: tuple[str, ...], session: LiveSession, step: Step, no_room: NoRoom | None, *, recent: bool
) -> Decision | None:
    """The question about room comes first: whoever pressed the button of the other one was asked."""
    if not step.signed_in and not recent:
        return AskPassword()
    if no_room is not None and not step.confirmed and (no_room.certain or not step.without_room):
        return AskForRoom(no_room, session)
    return None if step.signed_in or step.confirmed else AskConfirmation("register", scope, session)


def may_meet_limits(request: AuthorizationRequest, step: Step) -> bool:
    """Whether the room for one more instance is worth reading: a device will be registered, and nobody asked yet."""
    asked = step.confirmed or step.retry or step.switch
    return DCR in request.scope and "none" not in request.prompt and not asked


def is_unclaimed(client: Client) -> bool:
    """An instance whose initial token spoke for nobody: the first who signs in through it owns it for ever.

    So that person is asked before, whatever the metadata says.
    """
    return client.kind == "instance" and client.owner is None


def asks_consent(client: Client, request: AuthorizationRequest, scope: tuple[str, ...]) -> bool:
    """Whether the person has to have allowed this. Registering a device has a question of its own."""
    return DCR not in scope and (client.metadata.requires_consent or "consent" in request.prompt)


def may_recall_consent(
    client: Client, request: AuthorizationRequest, scope: tuple[str, ...], *, step: Step, policy: Policy
) -> bool:
    """Whether an earlier consent counts, so that it is worth reading: not when the app asks for a new one."""
    remembering = policy.consent_lifetime_s > 0 and "consent" not in request.prompt
    return remembering and not step.confirmed and asks_consent(client, request, scope)


def _must_sign_in(client: Client, request: AuthorizationRequest, session: LiveSession, step: Step, now: int) -> bool:
    # Each page with a question stands behind a sign-in that satisfied prompt and max_age, or there were no end of them.
    if step.signed_in or step.confirmed or step.asked_for_room:
        return False
    age = now - session.session.authentication.auth_time
    max_age = client.metadata.default_max_age if request.max_age is None else request.max_age
    # 0 asks as prompt=login does, also within the second of the sign-in (OpenID Connect Core section 3.1.2.1)
    if max_age is not None and (age > max_age or max_age == 0):
        return True
    return bool(request.prompt & {"login", "select_account"})
