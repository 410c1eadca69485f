import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.authorization_response import (
    AuthorizationErrorResponse,
    AuthorizationResponse,
    error_parameters,
    parse_authorization_response,
    success_parameters,
)
from keyfob_protocol.errors import AccessDenied, InvalidClient, LoginRequired, UnauthorizedClient
from keyfob_protocol.redirect_uris import with_parameters
from keyfob_protocol.response_members import MalformedResponse

ISS = "https://server.example/oauth/v2/oauth-anonymous"
REDIRECT = "io.curity.dcrclient:/callback"
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


@given(texts, st.none() | texts)
def test_a18_a_code_comes_back_with_state_and_issuer(code: str, state: str | None) -> None:
    uri = with_parameters(REDIRECT, success_parameters(code, state, ISS))
    assert parse_authorization_response(uri) == AuthorizationResponse(code, state, ISS)


@given(st.none() | texts)
def test_a18_an_error_comes_back_with_state_and_issuer(state: str | None) -> None:
    uri = with_parameters(REDIRECT, error_parameters(LoginRequired("sign in"), state, ISS))
    assert parse_authorization_response(uri) == AuthorizationErrorResponse("login_required", "sign in", state, ISS)


def test_the_state_of_a_client_that_may_not_ask_travels_too() -> None:
    error = UnauthorizedClient("suspended", client_status="inactive")
    answer = parse_authorization_response(with_parameters(REDIRECT, error_parameters(error, "s", ISS)))
    assert answer == AuthorizationErrorResponse("unauthorized_client", "suspended", "s", ISS, "inactive")


def test_an_error_that_may_not_travel_by_redirect_goes_without_its_text() -> None:
    assert error_parameters(InvalidClient("unknown client"), "s", ISS) == (
        ("error", "server_error"),
        ("state", "s"),
        ("iss", ISS),
    )


@pytest.mark.parametrize("description", ["", "refused"])
def test_a_description_is_told_when_there_is_one(description: str) -> None:
    names = dict(error_parameters(AccessDenied(description), None, ISS))
    assert names.get("error_description", "") == description


@pytest.mark.parametrize("query", [
    "", "?", "?state=s", "?code=", "?code=a&error=access_denied", "?code=a&code=b", "?code=a&iss=x&iss=x",
    "?code=a&state=x&state=y", "?error=a&error=b", "?code=%ff", "?code=%0", "?code=%00", "?" + "a=1&" * 100,
    "#code=a", "?code=\u00e9",
])  # fmt: skip
def test_o1_an_answer_that_says_two_things_or_none_is_malformed(query: str) -> None:
    with pytest.raises(MalformedResponse):
        parse_authorization_response(REDIRECT + query)


def test_what_stands_behind_a_fragment_is_not_read() -> None:
    answer = parse_authorization_response(f"{REDIRECT}?code=a&iss=i#code=b&state=s")
    assert answer == AuthorizationResponse("a", None, "i")
