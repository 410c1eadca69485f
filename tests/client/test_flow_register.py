from dataclasses import replace

import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import ServerUnavailable
from keyfob_client.flows import finish_registration, register
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.steps import Save
from keyfob_protocol.json_document import parse_json_object
from keyfob_protocol.parameters import parse_parameters
from support_client import (
    ISSUER,
    REDIRECT_URI,
    answer,
    metadata,
    registered,
    registration,
    token_answer,
)
from support_flows import ASKED, CONFIGURATION, RANDOM, Answer, play, playing_register, query, server


def test_register_asks_for_dcr_as_the_registration_client_and_forces_the_password() -> None:
    played = playing_register(server())
    asked = query(played.visits[0])
    assert (asked["client_id"], asked["scope"], asked["prompt"]) == ("mobile-dcr-client", "dcr", "login")
    code = dict(parse_parameters(played.requests[0].body).pairs())
    assert code["client_id"] == "mobile-dcr-client"
    assert "client_secret" not in code


def test_register_presents_the_initial_token_once_and_keeps_it_no_longer_than_until_the_answer() -> None:
    played = playing_register(server(token=token_answer(access_token="initial-token", refresh_token=None)))
    assert [dict(request.headers).get("Authorization") for request in played.requests] == [None, "Bearer initial-token"]
    assert played.result is not None
    assert b"initial-token" not in played.result.to_json(with_tokens=True, with_unanswered=True)
    assert all(b"initial-token" not in state.to_json(with_tokens=True) for state in played.saved)


def test_o5_the_registration_is_saved_before_anything_else_happens() -> None:
    played = playing_register(server())
    last_request = max(index for index, want in enumerate(played.wants) if isinstance(want, HttpRequest))
    assert [state.registration for state in played.saved] == [None, registration()]
    assert played.saved[1] == registered()
    assert last_request == len(played.wants) - 2
    assert isinstance(played.wants[last_request - 1], Save)
    assert played.result == registered()


@pytest.mark.parametrize(
    "answers",
    [
        server(redirect={"state": "other"}),
        server(redirect={"code": None, "error": "access_denied"}),
        server(token=answer(401, {"error": "invalid_client", "client_status": "revoked"})),
        server(cancelled=True),
    ],
)
def test_a_registration_that_fails_saves_nothing(answers: Answer) -> None:
    played = playing_register(answers)
    assert played.error is not None
    assert played.saved == []
    assert AuthState(ISSUER).after_error(played.error) == AuthState(ISSUER)


@pytest.mark.parametrize("answer_", [answer(401, {"error": "invalid_token"}), answer(201, {}), HttpResponse(403)])
def test_a_registration_that_was_refused_is_not_asked_for_again(answer_: HttpResponse) -> None:
    played = playing_register(server(registering=answer_))
    assert played.error is not None
    assert [state.unanswered is None for state in played.saved] == [False, True]
    assert played.saved[-1] == AuthState(ISSUER)


def test_a_registration_that_the_server_had_no_time_for_can_be_finished() -> None:
    played = playing_register(server(registering=HttpResponse(503)))
    assert isinstance(played.error, ServerUnavailable)
    (begun,) = played.saved
    finished = play(finish_registration(begun, metadata()), server())
    assert finished.requests == played.requests[1:]
    assert (finished.visits, finished.result) == ([], registered())
    assert finished.saved == [begun, registered()]


def test_without_a_begun_registration_there_is_nothing_to_finish() -> None:
    with pytest.raises(ValueError, match="without its answer"):
        play(finish_registration(AuthState(ISSUER), metadata()), server())


def test_the_body_of_the_registration_is_what_the_app_asked_for() -> None:
    played = playing_register(server())
    assert parse_json_object(played.requests[1].body) == ASKED.document()
    assert registration().client_id == "instance-1"


def test_an_app_with_a_template_registers_by_its_name_alone() -> None:
    configuration = replace(CONFIGURATION, software_id="a-template")
    flow = register(AuthState(ISSUER), metadata(), configuration, ASKED, redirect_uri=REDIRECT_URI, random_bytes=RANDOM)
    assert parse_json_object(play(flow, server()).requests[1].body) == {"software_id": "a-template"}
