import pytest

from keyfob_client.client_credentials import ClientCredentials
from keyfob_client.errors import (
    ClientError,
    InvalidConfiguration,
    RegistrationLost,
    RegistrationSuspended,
    ServerAnswerRefused,
    ServerUnavailable,
)
from keyfob_client.messages import HttpResponse
from keyfob_client.revocation import parse_revocation_response, revocation_request
from support_client import BASE, answer, metadata, registered

METADATA = metadata(revocation_endpoint=f"{BASE}/revoke")
POST = ClientCredentials("instance-1", "instance-secret", "client_secret_post", instance=True)


def test_the_request_names_the_token_and_authenticates_as_at_the_token_endpoint() -> None:
    request = revocation_request(METADATA, POST, "t/1", hint="refresh_token")
    assert (request.method, request.url) == ("POST", f"{BASE}/revoke")
    body = b"token=t%2F1&token_type_hint=refresh_token&client_id=instance-1&client_secret=instance-secret"
    assert request.body == body
    basic = revocation_request(METADATA, ClientCredentials("a", "b", "client_secret_basic"), "t")
    assert (dict(basic.headers)["Authorization"], basic.body) == ("Basic YTpi", b"token=t")


def test_a_server_that_revokes_nothing_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(InvalidConfiguration):
        revocation_request(metadata(), POST, "t")


def test_a_200_is_all_that_a_server_says() -> None:
    parse_revocation_response(HttpResponse(200))
    parse_revocation_response(HttpResponse(200, (), b"anything"))


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer(401, {"error": "invalid_client"}), RegistrationLost),
        (answer(401, {"error": "invalid_client", "client_status": "inactive"}), RegistrationSuspended),
        (answer(400, {"error": "unsupported_token_type"}), InvalidConfiguration),
        (HttpResponse(503), ServerUnavailable),
        (HttpResponse(204), ServerAnswerRefused),
        (HttpResponse(302), ServerAnswerRefused),
    ],
)
def test_any_other_answer_says_whose_fault_it_is(response: HttpResponse, kind: type[ClientError]) -> None:
    with pytest.raises(kind) as caught:
        parse_revocation_response(response)
    assert type(caught.value) is kind


def test_an_error_at_revocation_leaves_the_person_signed_out_here() -> None:
    with pytest.raises(ServerUnavailable) as caught:
        parse_revocation_response(HttpResponse(503))
    after = registered().after_error(caught.value)
    assert (after.view, after.signed_out) == ("Unauthenticated", True)
