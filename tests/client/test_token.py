import base64

import pytest

from keyfob_client.authorization import AUTHORIZATION_RANDOM_BYTES, PendingAuthorization, authorization_request
from keyfob_client.client_credentials import ClientCredentials, Method
from keyfob_client.errors import (
    AuthorizationExpired,
    ClientError,
    InvalidConfiguration,
    RegistrationLost,
    RegistrationSuspended,
    ServerAnswerRefused,
    ServerUnavailable,
    SignedOut,
    Stage,
)
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.token import code_request, parse_token_response, refresh_request
from keyfob_protocol.parameters import parse_parameters
from support_client import BASE, REDIRECT_URI, answer, metadata, token_answer

PENDING: PendingAuthorization = authorization_request(
    metadata(),
    client_id="instance-1",
    redirect_uri=REDIRECT_URI,
    scope=("openid",),
    random_bytes=bytes(AUTHORIZATION_RANDOM_BYTES),
    instance=True,
)[1]


def credentials(method: Method) -> ClientCredentials:
    return ClientCredentials("instance-1", "s3cret", method, instance=True)


def form(request: HttpRequest) -> dict[str, str]:
    return dict(parse_parameters(request.body).pairs())


def authorization(request: HttpRequest) -> str | None:
    return dict(request.headers).get("Authorization")


def test_a_code_is_redeemed_with_its_redirect_uri_and_verifier() -> None:
    request = code_request(metadata(), credentials("client_secret_basic"), PENDING, "c-1")
    assert (request.method, request.url) == ("POST", f"{BASE}/token")
    assert form(request) == {
        "grant_type": "authorization_code",
        "code": "c-1",
        "redirect_uri": REDIRECT_URI,
        "code_verifier": PENDING.code_verifier,
    }


def test_the_three_methods_put_the_credentials_where_they_belong_and_nowhere_else() -> None:
    basic, post, public = (
        refresh_request(metadata(), credentials(method), "r-1")
        for method in ("client_secret_basic", "client_secret_post", "none")
    )
    token = {"grant_type": "refresh_token", "refresh_token": "r-1"}
    assert (form(basic), authorization(basic)) == (token, "Basic " + base64.b64encode(b"instance-1:s3cret").decode())
    assert (form(post), authorization(post)) == (
        token | {"client_id": "instance-1", "client_secret": "s3cret"},
        None,
    )
    assert (form(public), authorization(public)) == (token | {"client_id": "instance-1"}, None)


def test_basic_credentials_are_form_encoded_first() -> None:
    odd = ClientCredentials("a:b c", "p%:\u00e9+", "client_secret_basic", instance=True)
    sent = authorization(refresh_request(metadata(), odd, "r")) or ""
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"a%3Ab+c:p%25%3A%C3%A9%2B"


def test_requests_do_not_show_their_secrets() -> None:
    request = code_request(metadata(), credentials("client_secret_post"), PENDING, "c-1")
    assert "s3cret" not in repr(request)
    assert "s3cret" not in repr(credentials("client_secret_post"))


def test_a_good_answer_is_taken() -> None:
    tokens = parse_token_response(token_answer(), stage="refresh", instance=True)
    assert (tokens.access_token, tokens.refresh_token, tokens.expires_in) == ("access-1", "refresh-1", 300)


MALFORMED: dict[str, HttpResponse] = {
    "no access token": token_answer(access_token=None),
    "an access token that is a number": token_answer(access_token=7),
    "an access token with a line break": token_answer(access_token="a\r\nX: y"),
    "an access token that is not ASCII": token_answer(access_token="\u00e9"),
    "no token type": token_answer(token_type=None),
    "a token type that binds to a key": token_answer(token_type="DPoP"),
    "a negative life": token_answer(expires_in=-1),
    "a life in words": token_answer(expires_in="soon"),
    "status 201": HttpResponse(201, token_answer().headers, token_answer().body),
    "a redirect": HttpResponse(302, token_answer().headers, token_answer().body),
    "a page at status 400": HttpResponse(400, (("Content-Type", "text/html"),), b"<p>no"),
    "an error that is no string": answer(400, {"error": 7}),
    "no error at status 400": answer(400, {"message": "no"}),
    "an empty error": answer(400, {"error": ""}),
    "an error at status 200": answer(200, {"error": "invalid_grant"}),
}


@pytest.mark.parametrize("response", MALFORMED.values(), ids=MALFORMED)
def test_an_answer_that_breaks_the_protocol_is_refused_and_costs_nothing(response: HttpResponse) -> None:
    with pytest.raises(ServerAnswerRefused):
        parse_token_response(response, stage="refresh", instance=True)


Case = tuple[int, str, str | None, type[ClientError]]
REFRESH: tuple[Case, ...] = (
    (400, "invalid_grant", None, SignedOut),
    (400, "invalid_grant", "inactive", RegistrationSuspended),
    (400, "invalid_grant", "revoked", RegistrationLost),
    (400, "invalid_grant", "deleted", RegistrationLost),
    (400, "invalid_grant", "expired", RegistrationLost),
    (401, "invalid_client", None, RegistrationLost),
    (400, "invalid_scope", None, InvalidConfiguration),
    (503, "temporarily_unavailable", None, ServerUnavailable),
    (500, "invalid_client", None, ServerUnavailable),
    (429, "invalid_client", None, ServerUnavailable),
)
CODE: tuple[Case, ...] = (
    (400, "invalid_grant", None, AuthorizationExpired),
    (401, "invalid_client", None, RegistrationLost),
    (401, "invalid_client", "inactive", RegistrationSuspended),
    (401, "invalid_client", "revoked", RegistrationLost),
    (400, "unauthorized_client", None, InvalidConfiguration),
)
CODE_OF_THE_REGISTRATION_CLIENT: tuple[Case, ...] = (
    (400, "invalid_grant", None, AuthorizationExpired),
    (401, "invalid_client", None, InvalidConfiguration),
    (401, "invalid_client", "inactive", InvalidConfiguration),
    (401, "invalid_client", "revoked", InvalidConfiguration),
)


def outcome(case: Case, *, stage: Stage, instance: bool) -> type[ClientError]:
    status, error, client_status, _ = case
    document = {"error": error} | ({"client_status": client_status} if client_status else {})
    with pytest.raises(ClientError) as caught:
        parse_token_response(answer(status, document), stage=stage, instance=instance)
    return type(caught.value)


@pytest.mark.parametrize("case", REFRESH)
def test_o7_an_error_at_refresh_becomes_what_the_app_does_about_it(case: Case) -> None:
    assert outcome(case, stage="refresh", instance=True) is case[-1]


@pytest.mark.parametrize("case", CODE)
def test_o7_an_error_at_the_code_becomes_what_the_app_does_about_it(case: Case) -> None:
    assert outcome(case, stage="authorization_response", instance=True) is case[-1]


@pytest.mark.parametrize("case", CODE_OF_THE_REGISTRATION_CLIENT)
def test_o7_the_registration_clients_errors_cost_no_registration(case: Case) -> None:
    assert outcome(case, stage="authorization_response", instance=False) is case[-1]


def test_a_proxys_401_page_does_not_cost_the_registration() -> None:
    page = HttpResponse(401, (("Content-Type", "text/html"),), b"<h1>Sign in to the hotel network</h1>")
    with pytest.raises(ServerAnswerRefused):
        parse_token_response(page, stage="refresh", instance=True)
