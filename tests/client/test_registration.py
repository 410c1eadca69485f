import pytest

from keyfob_client.client_credentials import SUPPORTED_METHODS, ClientCredentials
from keyfob_client.errors import AuthorizationExpired, ClientError, InvalidConfiguration, ServerAnswerRefused
from keyfob_client.messages import HttpResponse
from keyfob_client.registration import (
    RegistrationRequest,
    instance_credentials,
    parse_registration_response,
    registration_request,
)
from keyfob_protocol.json_document import parse_json_object
from support_client import BASE, LOGOUT_URI, REDIRECT_URI, answer, metadata, registration, registration_answer

ASKED = RegistrationRequest((REDIRECT_URI,), (LOGOUT_URI,), ("openid", "profile"))


def test_the_request_is_the_seeds_with_the_initial_token_in_its_header() -> None:
    request = registration_request(metadata(), ASKED, initial_token="dcr-token")
    assert (request.method, request.url) == ("POST", f"{BASE}/register")
    assert dict(request.headers)["Authorization"] == "Bearer dcr-token"
    assert dict(request.headers)["Content-Type"] == "application/json"
    assert parse_json_object(request.body) == {
        "redirect_uris": [REDIRECT_URI],
        "post_logout_redirect_uris": [LOGOUT_URI],
        "application_type": "native",
        "grant_types": ["authorization_code"],
        "scope": "openid profile",
    }


def test_an_install_may_say_what_its_owner_will_call_it() -> None:
    asked = RegistrationRequest((REDIRECT_URI,), (), ("openid",), "Anna's phone")
    request = registration_request(metadata(), asked, initial_token="t")
    assert parse_json_object(request.body)["instance_name"] == "Anna's phone"


def test_an_install_of_an_app_with_a_template_names_it_and_itself_and_nothing_that_the_template_decides() -> None:
    asked = RegistrationRequest((REDIRECT_URI,), (LOGOUT_URI,), ("openid",), "Anna's phone", "a-template")
    request = registration_request(metadata(), asked, initial_token="t")
    assert parse_json_object(request.body) == {"software_id": "a-template", "instance_name": "Anna's phone"}


def test_a_server_without_registration_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(InvalidConfiguration):
        registration_request(metadata(registration_endpoint=None), ASKED, initial_token="t")


def test_the_answer_makes_credentials_by_the_method_that_was_registered() -> None:
    for method in SUPPORTED_METHODS[:2]:
        made = parse_registration_response(answer(201, registration_answer(token_endpoint_auth_method=method)))
        expected = ClientCredentials("instance-1", "instance-secret", method, instance=True)
        assert instance_credentials(made) == expected
    public = registration(token_endpoint_auth_method="none", client_secret=None)
    assert instance_credentials(public).method == "none"


REFUSED = {
    "status 200": answer(200, registration_answer()),
    "no client_id": answer(201, registration_answer(client_id=None)),
    "a method that needs a key": answer(201, registration_answer(token_endpoint_auth_method="private_key_jwt")),
    "no secret for a secret method": answer(
        201, registration_answer(client_secret=None, client_secret_expires_at=None)
    ),
    "a secret without its expiry": answer(201, registration_answer(client_secret_expires_at=None)),
    "half of the management pair": answer(201, registration_answer(registration_client_uri=None)),
    "an algorithm that cannot be verified": answer(201, registration_answer(id_token_signed_response_alg="none")),
    "a shared secret for signing": answer(201, registration_answer(id_token_signed_response_alg="HS256")),
}


@pytest.mark.parametrize("response", REFUSED.values(), ids=REFUSED)
def test_a_registration_that_cannot_be_used_is_refused(response: HttpResponse) -> None:
    with pytest.raises(ServerAnswerRefused) as caught:
        parse_registration_response(response)
    assert caught.value.title == "Registration Error"


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (401, "invalid_token", AuthorizationExpired),
        (403, "insufficient_scope", InvalidConfiguration),
        (400, "invalid_redirect_uri", InvalidConfiguration),
        (400, "invalid_client_metadata", InvalidConfiguration),
    ],
)
def test_a_refused_registration_says_whose_fault_it_is(status: int, error: str, kind: type[ClientError]) -> None:
    with pytest.raises(kind) as caught:
        parse_registration_response(answer(status, {"error": error, "error_description": "redirect_uris: no"}))
    assert caught.value.description == "redirect_uris: no"
