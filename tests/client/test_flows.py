from dataclasses import replace

import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.configuration import AppConfiguration
from keyfob_client.errors import (
    AccessDenied,
    AuthorizationCancelled,
    AuthorizationExpired,
    ClientError,
    ConnectionFailed,
    InvalidIdToken,
    RegistrationLost,
    RegistrationSuspended,
    SecurityRefusal,
    ServerUnavailable,
    SignedOut,
)
from keyfob_client.flows import RANDOM_BYTES, discover, refresh, register, sign_in, sign_out
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.registration import RegistrationRequest
from keyfob_client.steps import Saved, Visit, Want, save, send, visit
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.json_document import parse_json_object
from keyfob_protocol.parameters import encode_parameters, parse_parameters
from support_client import (
    BASE,
    ISSUER,
    LOGOUT_URI,
    NOW,
    REDIRECT_URI,
    answer,
    id_token,
    jwks_answer,
    metadata,
    metadata_document,
    registered,
    registration,
    registration_answer,
    token_answer,
)
from support_flows import Answer, Played, play

CONFIGURATION = AppConfiguration(ISSUER, ClientId("mobile-dcr-client"), REDIRECT_URI, LOGOUT_URI, ("openid", "profile"))
ASKED = RegistrationRequest((REDIRECT_URI,), (LOGOUT_URI,), ("openid", "profile"))
RANDOM = bytes(range(RANDOM_BYTES))


def query(url: str) -> dict[str, str]:
    return dict(parse_parameters(url.partition("?")[2]).pairs())


def landed(url: str, **changed: str | None) -> str:
    """The redirect that a good server makes of the authorization URL, with changes; None leaves a parameter out."""
    good: dict[str, str | None] = {"code": "c-1", "state": query(url)["state"], "iss": ISSUER}
    pairs = [(name, value) for name, value in (good | changed).items() if value is not None]
    return f"{REDIRECT_URI}?{encode_parameters(pairs)}"


def server(
    *,
    redirect: dict[str, str | None] | None = None,
    token: HttpResponse | ClientError | None = None,
    nonce: str | None = None,
    registering: HttpResponse | None = None,
    cancelled: bool = False,
) -> Answer:
    """A good server, but for what a test changes."""
    asked_nonce = ""

    def respond(want: Want) -> HttpResponse | str | ClientError:
        nonlocal asked_nonce
        match want:
            case Visit() if cancelled:
                return AuthorizationCancelled("closed", stage="authorization_response")
            case Visit(url) if url.startswith(f"{BASE}/logout"):
                return f"{LOGOUT_URI}?state={query(url)['state']}"
            case Visit(url):
                asked_nonce = query(url)["nonce"]
                return landed(url, **(redirect or {}))
            case HttpRequest(url=url) if url.endswith("/token"):
                return token or token_answer(id_token=id_token(nonce or asked_nonce))
            case HttpRequest(url=url) if url.endswith("/jwks"):
                return jwks_answer()
            case HttpRequest(url=url) if url.endswith("/register"):
                return registering or answer(201, registration_answer())
            case _:
                raise AssertionError(want)

    return respond


def playing_register(answers: Answer) -> Played[AuthState]:
    flow = register(AuthState(ISSUER), metadata(), CONFIGURATION, ASKED, redirect_uri=REDIRECT_URI, random_bytes=RANDOM)
    return play(flow, answers)


def playing_sign_in(answers: Answer, state: AuthState | None = None) -> Played[AuthState]:
    flow = sign_in(
        state or registered(), metadata(), scope=("openid", "profile"), redirect_uri=REDIRECT_URI, random_bytes=RANDOM
    )
    return play(flow, answers)


def signed_in() -> AuthState:
    state = playing_sign_in(server()).result
    assert state is not None
    return state


def test_discover_returns_the_metadata() -> None:
    assert play(discover(ISSUER), lambda _: answer(200, metadata_document())).result == metadata()


def test_register_asks_for_dcr_as_the_registration_client_and_forces_the_password() -> None:
    played = playing_register(server())
    asked = query(played.visits[0])
    assert (asked["client_id"], asked["scope"], asked["prompt"]) == ("mobile-dcr-client", "dcr", "login")
    code = dict(parse_parameters(played.requests[0].body).pairs())
    assert code["client_id"] == "mobile-dcr-client"
    assert "client_secret" not in code


def test_register_presents_the_initial_token_once_and_keeps_it_nowhere() -> None:
    played = playing_register(server(token=token_answer(access_token="initial-token", refresh_token=None)))
    assert [dict(request.headers).get("Authorization") for request in played.requests] == [None, "Bearer initial-token"]
    assert played.result is not None
    assert b"initial-token" not in played.result.to_json(with_tokens=True)


def test_o5_the_registration_is_saved_before_anything_else_happens() -> None:
    played = playing_register(server())
    last_request = max(index for index, want in enumerate(played.wants) if isinstance(want, HttpRequest))
    assert played.saved == [registered()]
    assert last_request == len(played.wants) - 2
    assert played.result == registered()


@pytest.mark.parametrize(
    "answers",
    [
        server(redirect={"state": "other"}),
        server(redirect={"code": None, "error": "access_denied"}),
        server(token=answer(401, {"error": "invalid_client", "client_status": "revoked"})),
        server(registering=answer(401, {"error": "invalid_token"})),
        server(registering=HttpResponse(500)),
        server(cancelled=True),
    ],
)
def test_a_registration_that_fails_saves_nothing(answers: Answer) -> None:
    played = playing_register(answers)
    assert played.error is not None
    assert played.saved == []
    assert AuthState(ISSUER).after_error(played.error) == AuthState(ISSUER)


def test_sign_in_uses_the_instances_own_credentials_and_proves_the_id_token() -> None:
    played = playing_sign_in(server())
    asked = query(played.visits[0])
    assert (asked["client_id"], asked["scope"]) == ("instance-1", "openid profile")
    assert "prompt" not in asked
    assert dict(played.requests[0].headers)["Authorization"].startswith("Basic ")
    assert played.result is not None
    assert played.result.tokens is not None
    assert (played.result.view, played.result.tokens.subject) == ("Authenticated", "demouser")
    assert played.result.tokens.expires_at == NOW + 300
    assert played.saved == [played.result]


def test_after_signing_out_the_next_sign_in_asks_for_the_password() -> None:
    played = playing_sign_in(server(), registered().after_sign_out())
    assert query(played.visits[0])["prompt"] == "login"
    assert query(playing_sign_in(server(), played.result).visits[0]).get("prompt") is None


def test_without_openid_no_id_token_is_needed() -> None:
    flow = sign_in(registered(), metadata(), scope=("profile",), redirect_uri=REDIRECT_URI, random_bytes=RANDOM)
    played = play(flow, server(token=token_answer()))
    assert played.result is not None
    assert played.result.tokens is not None
    assert played.result.tokens.subject == ""


def test_o1_no_token_is_asked_for_when_the_redirect_is_not_believed() -> None:
    changes: tuple[dict[str, str | None], ...] = (
        {"state": "other"},
        {"state": None},
        {"iss": None},
        {"iss": "https://evil.example"},
    )
    for change in changes:
        played = playing_sign_in(server(redirect=change))
        assert isinstance(played.error, SecurityRefusal)
        assert played.requests == []
        assert played.saved == []


def test_o1_a_flow_takes_one_redirect_and_is_over() -> None:
    flow = sign_in(registered(), metadata(), scope=("openid",), redirect_uri=REDIRECT_URI, random_bytes=RANDOM)
    assert play(flow, server()).result is not None
    with pytest.raises(StopIteration):
        next(flow)


def test_c9_a_code_of_another_session_is_stopped_by_state_by_the_verifier_and_by_the_nonce() -> None:
    """An attacker slips the code of his own sign-in into the victim's app."""
    by_state = playing_sign_in(server(redirect={"code": "attackers", "state": "attackers"}))
    assert isinstance(by_state.error, SecurityRefusal)
    assert by_state.requests == []

    refused_by_server = answer(400, {"error": "invalid_grant"})
    by_verifier = playing_sign_in(server(redirect={"code": "attackers"}, token=refused_by_server))
    sent = dict(parse_parameters(by_verifier.requests[0].body).pairs())
    assert (sent["code"], len(sent["code_verifier"])) == ("attackers", 43)
    assert isinstance(by_verifier.error, AuthorizationExpired)

    by_nonce = playing_sign_in(server(redirect={"code": "attackers"}, nonce="attackers"))
    assert isinstance(by_nonce.error, InvalidIdToken)
    assert by_nonce.saved == []


def test_c10_a_code_whose_answer_was_lost_is_not_sent_again() -> None:
    played = playing_sign_in(server(token=ConnectionFailed("gone", stage="connection")))
    assert isinstance(played.error, ConnectionFailed)
    assert [request.url for request in played.requests] == [f"{BASE}/token"]
    assert played.saved == []


@pytest.mark.parametrize("missing", [{"id_token": None}, {"id_token": ""}])
def test_an_answer_without_the_id_token_that_was_asked_for_is_refused(missing: dict[str, object]) -> None:
    played = playing_sign_in(server(token=token_answer(**missing)))
    assert isinstance(played.error, InvalidIdToken)
    assert played.saved == []


LOSSES: dict[str, tuple[Answer, type[ClientError]]] = {
    "invalid_client": (server(token=answer(401, {"error": "invalid_client"})), RegistrationLost),
    "revoked, at the redirect": (
        server(redirect={"code": None, "error": "unauthorized_client", "client_status": "revoked"}),
        RegistrationLost,
    ),
    "deleted, at the token endpoint": (
        server(token=answer(401, {"error": "invalid_client", "client_status": "deleted"})),
        RegistrationLost,
    ),
}


@pytest.mark.parametrize(("answers", "kind"), LOSSES.values(), ids=LOSSES)
def test_o7_a_lost_registration_is_dropped_at_once_and_never_registered_again_by_itself(
    answers: Answer, kind: type[ClientError]
) -> None:
    played = playing_sign_in(answers)
    assert isinstance(played.error, kind)
    assert [state.view for state in played.saved] == ["Registration"]
    assert not any(request.url.endswith("/register") for request in played.requests)
    assert len(played.visits) == 1
    assert registered().after_error(played.error) == played.saved[0]


KEPT: dict[str, tuple[Answer, type[ClientError]]] = {
    "suspended, at the redirect": (
        server(redirect={"code": None, "error": "unauthorized_client", "client_status": "inactive"}),
        RegistrationSuspended,
    ),
    "suspended, at the token endpoint": (
        server(token=answer(401, {"error": "invalid_client", "client_status": "inactive"})),
        RegistrationSuspended,
    ),
    "another person signed in": (server(redirect={"code": None, "error": "access_denied"}), AccessDenied),
    "the server is not well": (server(token=HttpResponse(503)), ServerUnavailable),
    "the browser was closed": (server(cancelled=True), AuthorizationCancelled),
}


@pytest.mark.parametrize(("answers", "kind"), KEPT.values(), ids=KEPT)
def test_o7_everything_else_keeps_the_registration(answers: Answer, kind: type[ClientError]) -> None:
    played = playing_sign_in(answers)
    assert isinstance(played.error, kind)
    assert played.saved == []
    assert registered().after_error(played.error) == registered()


def test_refresh_takes_the_new_tokens_and_keeps_the_subject() -> None:
    state = signed_in()
    played = play(refresh(state, metadata()), lambda _: token_answer(access_token="a-2", refresh_token="r-2"))
    assert played.result is not None
    assert played.result.tokens is not None
    assert state.tokens is not None
    assert played.result.tokens == replace(state.tokens, access_token="a-2", refresh_token="r-2")
    assert played.saved == [played.result]


def test_refresh_keeps_the_old_refresh_token_when_no_new_one_comes() -> None:
    played = play(refresh(signed_in(), metadata()), lambda _: token_answer(refresh_token=None))
    assert played.result is not None
    assert played.result.tokens is not None
    assert played.result.tokens.refresh_token == "refresh-1"


@pytest.mark.parametrize(
    ("document", "kind", "views"),
    [
        ({"error": "invalid_grant"}, SignedOut, ["Unauthenticated"]),
        ({"error": "invalid_grant", "client_status": "inactive"}, RegistrationSuspended, []),
        ({"error": "invalid_grant", "client_status": "revoked"}, RegistrationLost, ["Registration"]),
        ({"error": "invalid_client"}, RegistrationLost, ["Registration"]),
    ],
)
def test_o7_a_refused_refresh_costs_what_it_must_and_no_more(
    document: dict[str, str], kind: type[ClientError], views: list[str]
) -> None:
    played = play(refresh(signed_in(), metadata()), lambda _: answer(400, document))
    assert isinstance(played.error, kind)
    assert [state.view for state in played.saved] == views
    assert len(played.requests) == 1


def test_sign_out_forgets_the_tokens_before_it_opens_the_browser() -> None:
    state = signed_in()
    played = play(
        sign_out(state, metadata(), post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM), server(cancelled=True)
    )
    assert played.result == state.after_sign_out()
    assert [type(want).__name__ for want in played.wants] == ["Save", "Visit"]
    assert state.tokens is not None
    assert query(played.visits[0])["id_token_hint"] == state.tokens.id_token


def test_sign_out_takes_the_servers_answer_and_refuses_a_strangers() -> None:
    state = signed_in()

    def signing_out(answers: Answer) -> Played[AuthState]:
        flow = sign_out(state, metadata(), post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM)
        return play(flow, answers)

    assert signing_out(server()).result == state.after_sign_out()
    refused = signing_out(lambda _: f"{LOGOUT_URI}?state=other")
    assert isinstance(refused.error, SecurityRefusal)
    assert state.after_error(refused.error) == state.after_sign_out()


def test_a_server_without_an_end_session_endpoint_is_left_alone() -> None:
    flow = sign_out(
        signed_in(),
        metadata(end_session_endpoint=None),
        post_logout_redirect_uri=LOGOUT_URI,
        random_bytes=RANDOM,
    )
    played = play(flow, server())
    assert played.visits == []
    assert played.result is not None
    assert played.result.view == "Unauthenticated"


def test_a_flow_that_does_not_fit_the_state_is_a_mistake_of_the_program() -> None:
    unregistered = AuthState(ISSUER)
    with pytest.raises(ValueError, match="not registered"):
        next(sign_in(unregistered, metadata(), scope=(), redirect_uri=REDIRECT_URI, random_bytes=RANDOM))
    with pytest.raises(ValueError, match="not registered"):
        next(sign_out(unregistered, metadata(), post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM))
    with pytest.raises(ValueError, match="refresh token"):
        next(refresh(registered(), metadata()))


def test_a_reply_of_the_wrong_kind_is_a_mistake_of_the_driver() -> None:
    for flow in (visit("https://as.example"), save(registered())):
        next(flow)
        with pytest.raises(TypeError):
            flow.send(HttpResponse(200))
    sending = send(HttpRequest("GET", "https://as.example"))
    next(sending)
    with pytest.raises(TypeError):
        sending.send(Saved())


def test_the_body_of_the_registration_is_what_the_app_asked_for() -> None:
    played = playing_register(server())
    assert parse_json_object(played.requests[1].body) == ASKED.document()
    assert registration().client_id == "instance-1"
