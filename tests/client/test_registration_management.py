"""The management of a registration (RFC 7592), and the flow that forgets one."""

import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import (
    AuthorizationExpired,
    ClientError,
    ConnectionFailed,
    InvalidConfiguration,
    RegistrationLost,
    RegistrationSuspended,
    ServerAnswerRefused,
    ServerUnavailable,
)
from keyfob_client.flows import forget
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.registration import (
    RegistrationRequest,
    deletion_request,
    parse_deletion_response,
    parse_management_response,
    read_request,
    update_request,
)
from keyfob_protocol.json_document import parse_json_object
from support_client import BASE, ISSUER, LOGOUT_URI, REDIRECT_URI, answer, registered, registration, registration_answer
from support_flows import Answer, play

ADDRESS = f"{BASE}/register/instance-1"
MANAGED = registration()
INVALID_TOKEN = answer(401, {"error": "invalid_token", "error_description": "no"})


@pytest.mark.parametrize(("build", "method"), [(read_request, "GET"), (deletion_request, "DELETE")])
def test_reading_and_deleting_take_the_token_and_no_body(build: object, method: str) -> None:
    assert callable(build)
    request = build(MANAGED)
    assert isinstance(request, HttpRequest)
    assert (request.method, request.url, request.body) == (method, ADDRESS, b"")
    assert dict(request.headers)["Authorization"] == "Bearer registration-access-token"


def test_an_update_says_everything_again_and_keeps_client_and_method() -> None:
    asked = RegistrationRequest((REDIRECT_URI,), (LOGOUT_URI,), ("openid",), "Anna's new phone")
    request = update_request(registration(token_endpoint_auth_method="client_secret_post"), asked)
    assert (request.method, request.url) == ("PUT", ADDRESS)
    assert dict(request.headers)["Content-Type"] == "application/json"
    assert parse_json_object(request.body) == {
        "client_id": "instance-1",
        "token_endpoint_auth_method": "client_secret_post",
        "redirect_uris": [REDIRECT_URI],
        "post_logout_redirect_uris": [LOGOUT_URI],
        "application_type": "native",
        "grant_types": ["authorization_code"],
        "scope": "openid",
        "instance_name": "Anna's new phone",
    }


def test_a_registration_without_an_address_cannot_be_managed() -> None:
    bare = registration(registration_client_uri=None, registration_access_token=None)
    with pytest.raises(InvalidConfiguration):
        read_request(bare)


def test_the_secret_that_no_answer_repeats_is_kept_and_a_new_token_taken() -> None:
    document = registration_answer(
        client_secret=None, client_secret_expires_at=None, registration_access_token="second", scope="openid"
    )
    after = parse_management_response(answer(200, document), MANAGED)
    assert (after.client_secret, after.registration_access_token) == ("instance-secret", "second")
    assert after.metadata.scope == ("openid",)


def test_a_new_secret_is_taken() -> None:
    after = parse_management_response(answer(200, registration_answer(client_secret="new")), MANAGED)
    assert after.client_secret == "new"


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer(200, registration_answer(client_id="instance-2")), ServerAnswerRefused),
        (answer(201, registration_answer()), ServerAnswerRefused),
        (answer(200, registration_answer(token_endpoint_auth_method="private_key_jwt")), ServerAnswerRefused),
        (answer(200, registration_answer(registration_client_uri=None)), ServerAnswerRefused),
        (INVALID_TOKEN, AuthorizationExpired),
        (answer(401, {"error": "invalid_token", "client_status": "inactive"}), RegistrationSuspended),
        (answer(401, {"error": "invalid_token", "client_status": "revoked"}), RegistrationLost),
        (answer(400, {"error": "invalid_client_metadata"}), InvalidConfiguration),
        (HttpResponse(503), ServerUnavailable),
    ],
)
def test_an_answer_that_cannot_be_used_is_refused(response: HttpResponse, kind: type[ClientError]) -> None:
    with pytest.raises(kind) as caught:
        parse_management_response(response, MANAGED)
    assert type(caught.value) is kind
    assert caught.value.stage == "registration"


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (INVALID_TOKEN, RegistrationLost),
        (answer(401, {"error": "invalid_token", "client_status": "inactive"}), RegistrationSuspended),
        (answer(200, {}), ServerAnswerRefused),
        (HttpResponse(404), ServerAnswerRefused),
        (HttpResponse(500), ServerUnavailable),
        (HttpResponse(429), ServerUnavailable),
    ],
)
def test_only_a_204_is_a_deletion(response: HttpResponse, kind: type[ClientError]) -> None:
    parse_deletion_response(HttpResponse(204))
    with pytest.raises(kind) as caught:
        parse_deletion_response(response)
    assert type(caught.value) is kind


def answering(reply: HttpResponse | ClientError) -> Answer:
    return lambda _want: reply


def test_an_install_is_forgotten_here_after_the_server_deleted_it() -> None:
    played = play(forget(registered()), answering(HttpResponse(204)))
    assert played.result == AuthState(ISSUER)
    assert [request.method for request in played.requests] == ["DELETE"]
    assert played.saved == [AuthState(ISSUER)]
    assert played.visits == []


def test_a_registration_that_the_server_knows_no_more_is_forgotten_all_the_same() -> None:
    played = play(forget(registered()), answering(INVALID_TOKEN))
    assert isinstance(played.error, RegistrationLost)
    assert played.saved == [AuthState(ISSUER)]


@pytest.mark.parametrize("reply", [HttpResponse(503), ConnectionFailed("no route", stage="connection")], ids=str)
def test_a_deletion_that_did_not_arrive_forgets_nothing(reply: HttpResponse | ClientError) -> None:
    played = play(forget(registered()), answering(reply))
    assert isinstance(played.error, ServerUnavailable | ConnectionFailed)
    assert played.saved == []


def test_what_is_not_registered_cannot_be_forgotten() -> None:
    with pytest.raises(ValueError, match="not registered"):
        play(forget(AuthState(ISSUER)), answering(HttpResponse(204)))
