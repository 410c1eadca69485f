"""The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2)."""

from dataclasses import dataclass
from typing import Literal

from keyfob_protocol.authorization_request import (
    FORM_POST,
    AuthorizationRequest,
    parse_authorization_request,
    peek_client,
    peek_response_mode,
)
from keyfob_protocol.authorization_response import error_parameters, success_parameters
from keyfob_protocol.errors import InvalidClient, InvalidRedirectUri, InvalidRequest, ProtocolError
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters, is_longer_encoded
from keyfob_protocol.redirect_uris import with_parameters
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.claim import claim
from keyfob_server.endpoints.consent import remember_consent, was_allowed
from keyfob_server.endpoints.interaction import MAX_QUERY, seal_interaction
from keyfob_server.endpoints.issue import mint_code
from keyfob_server.endpoints.outcomes import (
    FormPost,
    Outcome,
    Redirect,
    ShowConfirmation,
    ShowError,
    ShowNoRoom,
    ShowSignIn,
)
from keyfob_server.endpoints.registration_room import SHOWN, no_room_for, removable
from keyfob_server.endpoints.scope_texts import scope_texts
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.subjects import subject_for
from keyfob_server.rules.authorize import (
    DCR,
    AskConfirmation,
    AskForRoom,
    AskPassword,
    IssueCode,
    Step,
    asks_consent,
    check_client,
    check_request,
    decide,
    granted_scope,
    is_unclaimed,
    may_meet_limits,
    may_recall_consent,
    pkce_required,
)
from keyfob_server.rules.liveness import LiveSession, is_use_to_be_noted, live_session
from keyfob_server.rules.records import Client, Loaded
from keyfob_server.rules.redirect_target import RedirectTarget, resolve_redirect
from keyfob_server.rules.registration_limits import NoRoom

NO_ROOM = "no_room"
"""What the state of the page that asks which device to remove is for."""
_MAX_CLIENT_ID = 512


@dataclass(frozen=True, slots=True)
class ValidatedAuthorizationRequest:
    """A request whose client and redirect URI were proved good; made by `authorize` alone."""

    client: Client
    target: RedirectTarget
    parameters: Parameters
    loaded: Loaded
    session: LiveSession | None


async def authorize(services: Services, parameters: Parameters, browser: Browser, step: Step = Step()) -> Outcome:  # noqa: B008 - frozen
    """Client and redirect URI first: until both are proved good there is a page and never a redirect."""
    client_id, redirect_uri = peek_client(parameters)
    if client_id is None or len(client_id) > _MAX_CLIENT_ID:
        return _page(services, InvalidClient("unknown client", reason="no single client_id"), "unknown_client")
    loaded = await services.store.load(client_id=ClientId(client_id), session_id=browser.session_id)
    client = loaded.client
    if client is None:
        return _page(services, InvalidClient("unknown client"), "unknown_client")
    if redirect_uri is None and "redirect_uri" in {name for name, _ in parameters.pairs()}:
        error = InvalidRequest("redirect_uri must occur once and not be empty")
        return _page(services, error, "redirect_uri")
    target = resolve_redirect(client, redirect_uri, services.policy)
    if target is None:
        return _page(services, InvalidRedirectUri("redirect_uri is not registered"), "redirect_uri")
    session = live_session(loaded, idle_s=services.policy.session_idle_s)
    if session is not None and is_use_to_be_noted(session, idle_s=services.policy.session_idle_s, now=loaded.now):
        await services.sessions.touch_session(session.session.id, seen_at=loaded.now)
    valid = ValidatedAuthorizationRequest(client, target, parameters, loaded, session)
    try:
        if step.refusal is not None:
            raise step.refusal
        return await _judge(services, valid, browser, step)
    except ProtocolError as error:
        return refuse(services, valid, error)


def _page(services: Services, error: ProtocolError, kind: Literal["unknown_client", "redirect_uri"]) -> ShowError:
    services.events.emit("authorize.refused", error=error.code, reason=error.reason)
    return ShowError(error, kind)


async def _judge(services: Services, valid: ValidatedAuthorizationRequest, browser: Browser, step: Step) -> Outcome:
    client, target, loaded = valid.client, valid.target, valid.loaded
    check_client(client)
    if is_longer_encoded(valid.parameters.pairs(), MAX_QUERY):
        raise InvalidRequest(f"the request takes more than {MAX_QUERY} bytes when form-encoded")
    request = parse_authorization_request(valid.parameters, pkce_required=pkce_required(client))
    check_request(client, request, target, services.policy)
    decision = decide(
        client,
        request,
        session=valid.session,
        subject=subject_for(services, client, valid.session.account) if valid.session else None,
        hinted_subject=_hinted_subject(services, request),
        step=step,
        consented=await _consented(services, valid, request, step),
        no_room=await _no_room(services, valid, request, step),
        policy=services.policy,
        now=loaded.now,
    )
    match decision:
        case IssueCode(scope, session):
            if is_unclaimed(client):
                await claim(services, client, session.account)
            if step.confirmed and asks_consent(client, request, scope):
                await remember_consent(services, client, session.account, target, scope, now=loaded.now)
            return _issue(services, valid, request, decision)
        case AskPassword(other_owner):
            state = _state(services, "sign_in", valid, browser)
            return ShowSignIn(
                client,
                target.uri,
                state,
                user_name=request.login_hint,
                registering=DCR in request.scope,
                other_owner=other_owner,
            )
        case AskConfirmation(kind, scope, session):
            state = _state(services, "confirm", valid, browser)
            return ShowConfirmation(client, target.uri, state, kind, scope, session, await scope_texts(services))
        case AskForRoom(no_room, session):
            found = await removable(services, session, no_room)
            state = _state(services, NO_ROOM, valid, browser)
            services.events.emit("registration.no_room", client_id=client.client_id, account_id=session.account.id)
            more = len(found) > SHOWN
            return ShowNoRoom(client, target.uri, state, session, no_room, tuple(found[:SHOWN]), more, loaded.now)


async def _consented(
    services: Services, valid: ValidatedAuthorizationRequest, request: AuthorizationRequest, step: Step
) -> bool:
    """Whether the person allowed this before. Nothing is read where nobody would ask."""
    client, session, policy = valid.client, valid.session, services.policy
    scope = granted_scope(client, request, policy)
    if session is None or not may_recall_consent(client, request, scope, step=step, policy=policy):
        return False
    return await was_allowed(services, client, session.account, valid.target, scope, now=valid.loaded.now)


async def _no_room(
    services: Services, valid: ValidatedAuthorizationRequest, request: AuthorizationRequest, step: Step
) -> NoRoom | None:
    if valid.session is None or not may_meet_limits(request, step):
        return None
    return await no_room_for(services, valid.client, valid.session, now=valid.loaded.now)


def refuse(services: Services, valid: ValidatedAuthorizationRequest, error: ProtocolError) -> Outcome:
    """The error by redirect, or as a page with a button where nobody signed in and the URI is the instance's own."""
    services.events.emit("authorize.refused", client_id=valid.client.client_id, error=error.code, reason=error.reason)
    pairs = error_parameters(error, valid.parameters.get("state"), services.policy.issuer)
    answer = _answer(valid, pairs)
    owner_is_here = valid.session is not None and valid.session.account.id == valid.client.owner
    if valid.target.open_before_sign_in or owner_is_here:
        return answer
    fields = answer.fields if isinstance(answer, FormPost) else ()
    return ShowError(error, "app", back_uri=answer.uri, back_fields=fields)


def _answer(valid: ValidatedAuthorizationRequest, pairs: tuple[tuple[str, str], ...]) -> Redirect | FormPost:
    """To the app, the way that it asked for; by query where that way cannot be taken, to say so."""
    if peek_response_mode(valid.parameters) == FORM_POST and valid.target.takes_form_post():
        return FormPost(valid.target.uri, pairs)
    return Redirect(with_parameters(valid.target.uri, pairs))


def _issue(
    services: Services, valid: ValidatedAuthorizationRequest, request: AuthorizationRequest, decision: IssueCode
) -> Redirect | FormPost:
    code = mint_code(
        services,
        valid.client,
        decision,
        target=valid.target,
        code_challenge=request.code_challenge or "",
        nonce=request.nonce or "",
        now=valid.loaded.now,
    )
    services.events.emit("code.issued", client_id=valid.client.client_id, scope=" ".join(decision.scope))
    return _answer(valid, success_parameters(code, request.state, services.policy.issuer))


def _state(services: Services, kind: str, valid: ValidatedAuthorizationRequest, browser: Browser) -> str:
    return seal_interaction(
        services,
        kind,
        browser_hash=browser.hash,
        session_id=valid.session.session.id if valid.session else "",
        query=encode_parameters(valid.parameters.pairs()),
        now=valid.loaded.now,
    )


def _hinted_subject(services: Services, request: AuthorizationRequest) -> str | None:
    """The `sub` of a good id_token_hint; one that is no ID token of ours for this client is refused."""
    if not request.id_token_hint:
        return None
    claims = services.signer.verify(request.id_token_hint)
    if claims is None or claims.get("iss") != services.policy.issuer or claims.get("aud") != request.client_id:
        raise InvalidRequest("id_token_hint is not an ID token of this server for this client")
    return str(claims.get("sub", ""))
