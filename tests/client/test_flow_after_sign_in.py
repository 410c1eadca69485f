from dataclasses import replace

import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import (
    ClientError,
    RegistrationLost,
    RegistrationSuspended,
    SecurityRefusal,
    SignedOut,
)
from keyfob_client.flows import refresh, sign_out
from support_client import (
    LOGOUT_URI,
    answer,
    metadata,
    token_answer,
)
from support_flows import (
    RANDOM,
    Answer,
    Played,
    play,
    query,
    server,
    signed_in,
)


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
