import pytest

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
)
from keyfob_client.flows import sign_in
from keyfob_client.messages import HttpResponse
from keyfob_protocol.parameters import parse_parameters
from support_client import (
    BASE,
    NOW,
    REDIRECT_URI,
    answer,
    metadata,
    registered,
    token_answer,
)
from support_flows import RANDOM, Answer, play, playing_sign_in, query, server


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
