import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidRequest, InvalidScope, InvalidTarget, ProtocolError, UnsupportedGrantType
from keyfob_protocol.parameters import encode_parameters, parse_parameters
from keyfob_protocol.token_request import (
    GRANT_TYPES,
    AuthorizationCodeRequest,
    ClientCredentialsRequest,
    RefreshTokenRequest,
    TokenRequest,
    parse_token_request,
    to_parameters,
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
words = st.text("abcXYZ019-._~", min_size=1, max_size=12)
resources = st.lists(words.map("https://api.example/{}".format), max_size=3).map(tuple)
code_requests = st.builds(
    AuthorizationCodeRequest,
    code=texts,
    redirect_uri=st.none() | texts,
    code_verifier=st.none() | texts,
    resource=resources,
)
refresh_requests = st.builds(
    RefreshTokenRequest, refresh_token=texts, scope=st.lists(words, unique=True).map(tuple), resource=resources
)


client_requests = st.builds(ClientCredentialsRequest, scope=st.lists(words, unique=True).map(tuple), resource=resources)


@given(code_requests | refresh_requests | client_requests)
def test_what_a_client_asks_is_what_the_server_reads(request: TokenRequest) -> None:
    assert parse_token_request(parse_parameters(encode_parameters(to_parameters(request)))) == request


def test_both_grants_of_the_seed_are_read_with_the_secret_beside_them() -> None:
    credentials = "client_id=87f1d9de&client_secret=tfs9nad3"
    assert parse_token_request(
        parse_parameters(f"grant_type=authorization_code&{credentials}&code=Cg85&code_verifier=ex_O&redirect_uri=a:/b")
    ) == AuthorizationCodeRequest("Cg85", "a:/b", "ex_O")
    assert parse_token_request(
        parse_parameters(f"grant_type=refresh_token&{credentials}&refresh_token=62a1")
    ) == RefreshTokenRequest("62a1")


@pytest.mark.parametrize("grant_type", [
    "password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "Refresh_Token", "x",
    "urn:ietf:params:oauth:grant-type:token-exchange", "authorization_code ",
])  # fmt: skip
def test_d12_grants_that_are_not_offered_are_unsupported(grant_type: str) -> None:
    with pytest.raises(UnsupportedGrantType):
        parse_token_request(parse_parameters(encode_parameters([("grant_type", grant_type), ("code", "x")])))


@pytest.mark.parametrize(("body", "error"), [
    ("", InvalidRequest),
    ("code=x", InvalidRequest),
    ("grant_type=&code=x", InvalidRequest),
    ("grant_type=authorization_code", InvalidRequest),
    ("grant_type=authorization_code&code=", InvalidRequest),
    ("grant_type=refresh_token", InvalidRequest),
    ("grant_type=authorization_code&code=x&code=x", InvalidRequest),
    ("grant_type=refresh_token&refresh_token=x&client_secret=a&client_secret=b", InvalidRequest),
    ("grant_type=authorization_code&code=" + "x" * 4097, InvalidRequest),
    ("grant_type=refresh_token&refresh_token=" + "x" * 4097, InvalidRequest),
    ("grant_type=refresh_token&refresh_token=x&scope=%22", InvalidScope),
    ("grant_type=refresh_token&refresh_token=x&resource=api", InvalidTarget),
    ("grant_type=authorization_code&code=x&resource=https://api.example/%23x", InvalidTarget),
])  # fmt: skip
def test_each_fault_has_its_error(body: str, error: type[ProtocolError]) -> None:
    with pytest.raises(error) as raised:
        parse_token_request(parse_parameters(body))
    assert raised.type is error


def test_the_refusal_lists_what_is_offered() -> None:
    with pytest.raises(UnsupportedGrantType, match=", ".join(GRANT_TYPES)):
        parse_token_request(parse_parameters("grant_type=password"))
