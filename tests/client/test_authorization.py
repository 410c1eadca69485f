import pytest

from keyfob_client.authorization import (
    AUTHORIZATION_RANDOM_BYTES,
    PendingAuthorization,
    authorization_request,
    parse_authorization_response,
)
from keyfob_client.errors import (
    AccessDenied,
    ClientError,
    InvalidConfiguration,
    RegistrationLost,
    RegistrationSuspended,
    SecurityRefusal,
    ServerUnavailable,
)
from keyfob_protocol.parameters import encode_parameters, parse_parameters
from keyfob_protocol.pkce import verifier_matches
from support_client import ISSUER, REDIRECT_URI, metadata

RANDOM = bytes(range(AUTHORIZATION_RANDOM_BYTES))


def pending(*, iss: bool = True, instance: bool = True, redirect_uri: str = REDIRECT_URI) -> PendingAuthorization:
    return authorization_request(
        metadata(authorization_response_iss_parameter_supported=iss),
        client_id="instance-1",
        redirect_uri=redirect_uri,
        scope=("openid",),
        random_bytes=RANDOM,
        instance=instance,
    )[1]


def redirect(waiting: PendingAuthorization, **changed: str | None) -> str:
    """A good redirect with some parameters changed; None leaves one out."""
    good: dict[str, str | None] = {"code": "c-1", "state": waiting.state, "iss": ISSUER}
    pairs = [(name, value) for name, value in (good | changed).items() if value is not None]
    return f"{waiting.redirect_uri}?{encode_parameters(pairs)}"


def test_the_url_holds_what_the_seeds_apps_send() -> None:
    url, waiting = authorization_request(
        metadata(),
        client_id="mobile-dcr-client",
        redirect_uri=REDIRECT_URI,
        scope=("dcr",),
        random_bytes=RANDOM,
        prompt=("login",),
        instance=False,
    )
    endpoint, _, query = url.partition("?")
    sent = dict(parse_parameters(query).pairs())
    challenge = sent.pop("code_challenge")
    assert endpoint == "https://as.example/authorize"
    assert verifier_matches(waiting.code_verifier, challenge)
    assert sent == {
        "response_type": "code",
        "client_id": "mobile-dcr-client",
        "redirect_uri": REDIRECT_URI,
        "scope": "dcr",
        "state": waiting.state,
        "nonce": waiting.nonce,
        "code_challenge_method": "S256",
        "prompt": "login",
    }


def test_state_nonce_and_verifier_are_256_bits_each_and_all_different() -> None:
    waiting = pending()
    secrets = {waiting.state, waiting.nonce, waiting.code_verifier}
    assert [len(secret) for secret in secrets] == [43, 43, 43]


@pytest.mark.parametrize("size", [0, AUTHORIZATION_RANDOM_BYTES - 1, AUTHORIZATION_RANDOM_BYTES + 1])
def test_too_little_randomness_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="random bytes"):
        authorization_request(
            metadata(), client_id="c", redirect_uri=REDIRECT_URI, scope=(), random_bytes=bytes(size), instance=True
        )


def test_a_server_with_plain_pkce_only_is_refused() -> None:
    with pytest.raises(InvalidConfiguration, match="S256"):
        authorization_request(
            metadata(code_challenge_methods_supported=["plain"]),
            client_id="c",
            redirect_uri=REDIRECT_URI,
            scope=(),
            random_bytes=RANDOM,
            instance=True,
        )


def test_secrets_of_a_pending_request_are_not_in_its_repr() -> None:
    waiting = pending()
    assert not any(secret in repr(waiting) for secret in (waiting.state, waiting.nonce, waiting.code_verifier))


def test_a_good_answer_yields_its_code() -> None:
    waiting = pending()
    assert parse_authorization_response(redirect(waiting), waiting) == "c-1"


def test_a_redirect_uri_with_a_query_of_its_own_keeps_it() -> None:
    waiting = pending(redirect_uri="https://app.example/cb?a=1")
    good = f"https://app.example/cb?a=1&code=c-1&state={waiting.state}&iss={ISSUER}"
    assert parse_authorization_response(good, waiting) == "c-1"
    with pytest.raises(SecurityRefusal):
        parse_authorization_response(good.replace("a=1", "a=2"), waiting)


WAITING = pending()
OTHER = "x" * 43
UNBELIEVABLE = {
    "no state": redirect(WAITING, state=None),
    "an empty state": redirect(WAITING, state=""),
    "another state": redirect(WAITING, state=OTHER),
    "a longer state": redirect(WAITING, state=WAITING.state + "x"),
    "a state that is not ASCII": redirect(WAITING, state="\u00e9"),
    "the state twice": redirect(WAITING) + f"&state={WAITING.state}",
    "two codes": redirect(WAITING) + "&code=c-2",
    "no iss": redirect(WAITING, iss=None),
    "another iss": redirect(WAITING, iss="https://evil.example"),
    "the iss with a slash": redirect(WAITING, iss=ISSUER + "/"),
    "iss twice": redirect(WAITING) + "&iss=https%3A%2F%2Fevil.example",
    "neither code nor error": redirect(WAITING, code=None),
    "both code and error": redirect(WAITING, error="access_denied"),
    "an error with another state": redirect(WAITING, code=None, error="unauthorized_client", state=OTHER),
    "a revocation without state": redirect(
        WAITING, code=None, error="unauthorized_client", client_status="revoked", state=None
    ),
    "a revocation from another server": redirect(
        WAITING, code=None, error="unauthorized_client", client_status="revoked", iss="https://evil.example"
    ),
    "another path": redirect(WAITING).replace("/callback", "/other"),
    "a longer path": redirect(WAITING).replace("/callback", "/callback/x"),
    "another scheme": redirect(WAITING).replace("io.curity", "io.other"),
    "no query": REDIRECT_URI,
    "parameters in the fragment": redirect(WAITING).replace("?", "?#"),
    "bad encoding": redirect(WAITING) + "&x=%zz",
}


@pytest.mark.parametrize("uri", UNBELIEVABLE.values(), ids=UNBELIEVABLE)
def test_o1_an_answer_that_is_not_to_this_request_is_a_security_refusal(uri: str) -> None:
    with pytest.raises(SecurityRefusal) as caught:
        parse_authorization_response(uri, WAITING)
    assert (caught.value.fault, caught.value.title) == ("security", "Authorization Response Error")


def test_o1_iss_may_be_missing_only_when_the_server_does_not_announce_it_and_must_be_right_when_there() -> None:
    waiting = pending(iss=False)
    assert parse_authorization_response(redirect(waiting, iss=None), waiting) == "c-1"
    with pytest.raises(SecurityRefusal):
        parse_authorization_response(redirect(waiting, iss="https://evil.example"), waiting)


def test_o1_the_answer_to_one_request_does_not_answer_the_next() -> None:
    first, second = (
        authorization_request(
            metadata(),
            client_id="instance-1",
            redirect_uri=REDIRECT_URI,
            scope=("openid",),
            random_bytes=bytes([seed]) * AUTHORIZATION_RANDOM_BYTES,
            instance=True,
        )[1]
        for seed in (1, 2)
    )
    with pytest.raises(SecurityRefusal):
        parse_authorization_response(redirect(first), second)


ERRORS: dict[str, tuple[dict[str, str | None], type[ClientError]]] = {
    "suspended": ({"error": "unauthorized_client", "client_status": "inactive"}, RegistrationSuspended),
    "revoked": ({"error": "unauthorized_client", "client_status": "revoked"}, RegistrationLost),
    "deleted": ({"error": "unauthorized_client", "client_status": "deleted"}, RegistrationLost),
    "expired": ({"error": "unauthorized_client", "client_status": "expired"}, RegistrationLost),
    "a status of the future": ({"error": "unauthorized_client", "client_status": "resting"}, RegistrationSuspended),
    "no status": ({"error": "unauthorized_client"}, InvalidConfiguration),
    "denied": ({"error": "access_denied"}, AccessDenied),
    "busy": ({"error": "temporarily_unavailable"}, ServerUnavailable),
    "scope": ({"error": "invalid_scope"}, InvalidConfiguration),
}


@pytest.mark.parametrize(("parameters", "kind"), ERRORS.values(), ids=ERRORS)
def test_an_error_in_the_redirect_becomes_what_the_app_does_about_it(
    parameters: dict[str, str | None], kind: type[ClientError]
) -> None:
    uri = redirect(WAITING, code=None, error_description="because", **parameters)
    with pytest.raises(kind) as caught:
        parse_authorization_response(uri, WAITING)
    assert (caught.value.error, caught.value.description) == (parameters["error"], "because")


def test_a_refusal_of_the_registration_client_costs_no_registration() -> None:
    waiting = pending(instance=False)
    uri = redirect(waiting, code=None, error="unauthorized_client", client_status="revoked")
    with pytest.raises(InvalidConfiguration):
        parse_authorization_response(uri, waiting)
