"""OpenID Connect RP-Initiated Logout: silent only with an ID token of the session that it ends."""

from dataclasses import dataclass

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters, encode_parameters, parse_parameters
from keyfob_protocol.redirect_uris import redirect_uri_matches, with_parameters
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.interaction import MAX_QUERY, open_interaction, seal_interaction
from keyfob_server.endpoints.outcomes import (
    Outcome,
    Redirect,
    ShowSignedOut,
    ShowSignOut,
    ShowStale,
    ShowStayed,
)
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.liveness import LiveSession, live_session
from keyfob_server.rules.records import Client, Loaded
from keyfob_server.rules.sessions import sid_of

_MAX_STATE = 2048


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    client: Client | None
    hinted_sid: str | None
    """The `sid` of a good id_token_hint; an expired one is fine."""
    back_uri: str
    """Where to send the browser, with the state; empty when nothing registered was named."""


async def end_session(services: Services, parameters: Parameters, browser: Browser) -> Outcome:
    """Without a hint of this very session the person is asked first, so that no other site can sign them out."""
    request, loaded = await _read(services, parameters, browser)
    session = live_session(loaded, idle_s=services.policy.session_idle_s)
    if session is None:
        return _done(request, cookie_goes=browser.session_id is not None, may_redirect=request.hinted_sid is not None)
    if request.hinted_sid == sid_of(session.session.id):
        await services.sessions.end_session(session.session.id)
        services.events.emit("session.ended", account_id=session.account.id)
        return _done(request, cookie_goes=True, may_redirect=True)
    return _ask(services, parameters, browser, request=request, session=session, now=loaded.now)


async def confirm_end_session(services: Services, form: Parameters, browser: Browser) -> Outcome:
    claims = open_interaction(
        services,
        "sign_out",
        form.get("state"),
        browser_hash=browser.hash,
        now=(await services.store.load()).now,
        restart_path=services.policy.paths.end_session,
    )
    if isinstance(claims, ShowStale):
        return claims
    if not form.get("sign_out"):
        return ShowStayed()
    request, _ = await _read(services, parse_parameters(claims.query), browser)
    if browser.session_id is not None:
        await services.sessions.end_session(browser.session_id)
        services.events.emit("session.ended")
    return _done(request, cookie_goes=True, may_redirect=True)


async def _read(services: Services, parameters: Parameters, browser: Browser) -> tuple[LogoutRequest, Loaded]:
    hint = parameters.get("id_token_hint")
    claims = services.signer.verify(hint) if hint else None
    if claims is not None and claims.get("iss") != services.policy.issuer:
        claims = None
    audience = str(claims["aud"]) if claims and "aud" in claims else None
    client_id = parameters.get("client_id") or audience
    if audience is not None and client_id != audience:
        claims, client_id = None, None
    loaded = await services.store.load(
        client_id=ClientId(client_id) if client_id else None, session_id=browser.session_id
    )
    sid = str(claims.get("sid", "")) if claims else None
    return LogoutRequest(loaded.client, sid, _back_uri(services, loaded.client, parameters)), loaded


def _back_uri(services: Services, client: Client | None, parameters: Parameters) -> str:
    """The post_logout_redirect_uri with `state`, if this client registered it; matched as redirect URIs are."""
    asked, state = parameters.get("post_logout_redirect_uri"), parameters.get("state")
    if client is None or asked is None or len(state or "") > _MAX_STATE or parameters.repeated():
        return ""
    any_port = client.any_loopback_port and client.metadata.application_type == "native"
    localhost = services.policy.registration.localhost_is_loopback
    for uri in client.metadata.post_logout_redirect_uris:
        if redirect_uri_matches(uri, asked, any_loopback_port=any_port, localhost_is_loopback=localhost):
            return with_parameters(asked, (("state", state),) if state is not None else ())
    return ""


def _ask(
    services: Services,
    parameters: Parameters,
    browser: Browser,
    *,
    request: LogoutRequest,
    session: LiveSession,
    now: int,
) -> Outcome:
    # The hint is proved again when the form comes back; leaving it out keeps the state short and without tokens.
    kept = [pair for pair in parameters.pairs() if pair[0] in {"client_id", "post_logout_redirect_uri", "state"}]
    if request.client is not None and not parameters.get("client_id"):
        kept.append(("client_id", request.client.client_id))
    query = encode_parameters(kept)
    # What is too long to be sealed is left out: the person is asked all the same, and stays here afterwards.
    fits = len(query) <= MAX_QUERY
    state = seal_interaction(
        services,
        "sign_out",
        browser_hash=browser.hash,
        session_id=session.session.id,
        query=query if fits else "",
        now=now,
    )
    return ShowSignOut(session, state, request.client, request.back_uri if fits else "")


def _done(request: LogoutRequest, *, cookie_goes: bool, may_redirect: bool) -> Outcome:
    cookie = "" if cookie_goes else None
    if may_redirect and request.back_uri:
        return Redirect(request.back_uri, session_cookie=cookie)
    return ShowSignedOut(request.client, session_cookie=cookie)
