from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.authorization_request import (
    MAX_LENGTHS,
    PROMPTS,
    AuthorizationRequest,
    parse_authorization_request,
    peek_client,
    peek_response_mode,
    to_parameters,
)
from keyfob_protocol.errors import (
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    ProtocolError,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    UnsupportedResponseType,
)
from keyfob_protocol.parameters import Parameters, encode_parameters, parse_parameters

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
SOUND = AuthorizationRequest(
    client_id="mobile-dcr-client",
    redirect_uri="io.curity.dcrclient:/callback",
    scope=("openid", "profile"),
    state="a state",
    nonce="a nonce",
    code_challenge=CHALLENGE,
    code_challenge_method="S256",
)


def parse(*changes: tuple[str, str], pkce_required: bool = True, without: str = "") -> AuthorizationRequest:
    """SOUND with parameters changed; a name given twice is sent twice."""
    changed = {name for name, _ in changes} | {without}
    pairs = tuple(pair for pair in to_parameters(SOUND) if pair[0] not in changed) + changes
    return parse_authorization_request(Parameters(pairs), pkce_required=pkce_required)


words = st.text("abcXYZ019-._~", min_size=1, max_size=12)
printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20)
sentences = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)
prompts = st.just(frozenset({"none"})) | st.frozensets(st.sampled_from(PROMPTS[1:]))
requests = st.builds(
    AuthorizationRequest,
    client_id=sentences,
    redirect_uri=st.none() | sentences,
    scope=st.lists(words, unique=True).map(tuple),
    state=st.none() | sentences,
    nonce=st.none() | printable,
    code_challenge=st.just(CHALLENGE),
    code_challenge_method=st.just("S256"),
    prompt=prompts,
    max_age=st.none() | st.integers(0, 999_999_999),
    acr_values=st.lists(words).map(tuple),
    login_hint=st.just("") | sentences,
    ui_locales=st.just("") | words,
    id_token_hint=st.just("") | words,
    response_mode=st.none() | st.just("query"),
    resource=st.lists(words.map("https://api.example/{}".format), max_size=3).map(tuple),
)


@given(requests)
def test_what_a_client_asks_is_what_the_server_reads(request: AuthorizationRequest) -> None:
    query = encode_parameters(to_parameters(request))
    assert parse_authorization_request(parse_parameters(query)) == request


def test_peeking_gives_client_and_redirect_uri_whatever_else_is_wrong() -> None:
    parameters = parse_parameters("client_id=a&redirect_uri=b:/c&prompt=x&scope=%22&state=1&state=2")
    assert peek_client(parameters) == ("a", "b:/c")


@pytest.mark.parametrize(
    "query", ["", "client_id=&redirect_uri=", "client_id=a&client_id=a&redirect_uri=b&redirect_uri=b"]
)
def test_a15_what_is_missing_or_doubled_is_nobody(query: str) -> None:
    assert peek_client(parse_parameters(query)) == (None, None)


@pytest.mark.parametrize("name", [
    "client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method",
    "prompt", "max_age", "acr_values", "login_hint", "ui_locales", "id_token_hint", "response_mode", "unknown",
])  # fmt: skip
def test_a15_a_doubled_parameter_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match="more than once"):
        parse((name, "login"), (name, "login"))


def test_resource_may_be_repeated() -> None:
    assert parse(("resource", "https://a.example"), ("resource", "https://b.example")).resource == (
        "https://a.example",
        "https://b.example",
    )


@pytest.mark.parametrize("response_type", [
    "token", "id_token", "code token", "code id_token", "id_token code", "code id_token token", "none", "CODE", "code ",
])  # fmt: skip
def test_a16_every_response_type_but_code_is_unsupported(response_type: str) -> None:
    with pytest.raises(UnsupportedResponseType):
        parse(("response_type", response_type))


def test_a16_a_missing_response_type_is_an_invalid_request() -> None:
    with pytest.raises(InvalidRequest, match="response_type is missing"):
        parse(without="response_type")
    with pytest.raises(InvalidRequest, match="response_type is missing"):
        parse(("response_type", ""))


def test_b1_a_missing_challenge_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="code_challenge required"):
        parse(without="code_challenge")


@pytest.mark.parametrize("method", ["plain", "", "s256"])
def test_b2_a_method_other_than_s256_is_refused(method: str) -> None:
    with pytest.raises(InvalidRequest, match="code_challenge_method"):
        parse(("code_challenge_method", method))


def test_b6_a_challenge_of_wrong_length_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="43 characters"):
        parse(("code_challenge", CHALLENGE + "A"))


def test_without_the_duty_of_pkce_a_request_may_leave_it_out_but_not_do_it_by_halves() -> None:
    parse(("code_challenge", ""), ("code_challenge_method", ""), pkce_required=False)
    for half in ("code_challenge", "code_challenge_method"):
        with pytest.raises(InvalidRequest):
            parse(without=half, pkce_required=False)


@pytest.mark.parametrize(("change", "error"), [
    (("client_id", ""), InvalidRequest),
    (("request", "eyJhbGciOiJub25lIn0.e30."), RequestNotSupported),
    (("request_uri", "https://app.example/request"), RequestUriNotSupported),
    (("request_uri", "urn:ietf:params:oauth:request_uri:x"), RequestUriNotSupported),
    (("registration", "{}"), RegistrationNotSupported),
    (("prompt", "consent Login"), InvalidRequest),
    (("prompt", "none login"), InvalidRequest),
    (("prompt", "create"), InvalidRequest),
    (("max_age", "-1"), InvalidRequest),
    (("max_age", "1.5"), InvalidRequest),
    (("max_age", "1e3"), InvalidRequest),
    (("max_age", "\u0661"), InvalidRequest),
    (("max_age", "1" * 10), InvalidRequest),
    (("max_age", "never"), InvalidRequest),
    (("response_mode", "fragment"), InvalidRequest),
    (("response_mode", "FORM_POST"), InvalidRequest),
    (("response_mode", "form_post.jwt"), InvalidRequest),
    (("scope", "openid  profile"), InvalidScope),
    (("scope", 'a"b'), InvalidScope),
    (("resource", "api"), InvalidTarget),
    (("resource", "https://api.example/#part"), InvalidTarget),
    (("resource", "https://api.example/\u00e9"), InvalidTarget),
    (("resource", "https://api.example/" + "a" * 2000), InvalidTarget),
])  # fmt: skip
def test_each_fault_has_its_error(change: tuple[str, str], error: type[ProtocolError]) -> None:
    with pytest.raises(error) as raised:
        parse(change)
    assert raised.type is error
    assert raised.value.by_redirect


def test_more_than_ten_resources_are_refused() -> None:
    ten = [("resource", f"https://api.example/{number}") for number in range(10)]
    assert len(parse(*ten).resource) == 10
    with pytest.raises(InvalidTarget, match="more than 10"):
        parse(*ten, ("resource", "https://api.example/11"))


@pytest.mark.parametrize(("name", "limit"), MAX_LENGTHS.items())
def test_every_free_text_has_a_length(name: str, limit: int) -> None:
    parse((name, "x" * limit))
    with pytest.raises(InvalidRequest, match=f"{name} is longer than {limit}"):
        parse((name, "x" * (limit + 1)))


@pytest.mark.parametrize("nonce", ["a\nb", "\x7f", "\u00e9", "\u202e"])
def test_a_nonce_is_printable_ascii(nonce: str) -> None:
    with pytest.raises(InvalidRequest, match="nonce must be printable ASCII"):
        parse(("nonce", nonce))


def test_max_age_zero_is_a_max_age() -> None:
    assert parse(("max_age", "0")).max_age == 0


def test_unknown_parameters_are_ignored() -> None:
    assert parse(("display", "page"), ("claims", "{}"), ("x", "y")) == SOUND


def test_a_request_without_state_and_nonce_is_sound() -> None:
    assert parse(("state", ""), ("nonce", "")) == replace(SOUND, state=None, nonce=None)


@pytest.mark.parametrize(
    ("query", "mode"),
    [
        ("response_mode=form_post", "form_post"),
        ("response_mode=query", "query"),
        ("", None),
        ("response_mode=", None),
        ("response_mode=fragment", None),
        ("response_mode=form_post&response_mode=form_post", None),
    ],
)
def test_how_the_answer_travels_is_known_before_the_request_is_judged(query: str, mode: str | None) -> None:
    assert peek_response_mode(parse_parameters(query)) == mode
