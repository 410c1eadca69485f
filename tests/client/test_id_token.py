import hashlib
import hmac
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from keyfob_client.errors import InvalidIdToken
from keyfob_client.id_token import MAX_AGE_AT_ISSUE_S, SKEW_S, Expected, verify_id_token
from keyfob_client.verification_keys import parse_key_set
from keyfob_protocol.claims import at_hash
from keyfob_protocol.json_document import dump_json
from keyfob_protocol.jwk import base64url_encode
from support_signing import Signer, compact, p256_signer, rsa_signer

NOW = 1_800_000_000
KEYS = parse_key_set({"keys": [rsa_signer().jwk(), p256_signer().jwk()]})
EXPECTED = Expected(
    issuer="https://as.example/oauth", client_id="client-1", nonce="n-1", alg="RS256", access_token="access-1"
)
ES256 = Expected(issuer=EXPECTED.issuer, client_id="client-1", nonce="n-1", alg="ES256", access_token="access-1")


def claims(**changed: object) -> dict[str, object]:
    """Those of a good token; None leaves a claim out."""
    good: dict[str, object] = {
        "iss": EXPECTED.issuer,
        "aud": EXPECTED.client_id,
        "sub": "demouser",
        "iat": NOW,
        "exp": NOW + 300,
        "nonce": "n-1",
        "at_hash": at_hash("access-1"),
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


def refused(token: str, expected: Expected = EXPECTED) -> str:
    with pytest.raises(InvalidIdToken) as caught:
        verify_id_token(token, KEYS, expected, now=NOW)
    return caught.value.explanation


@pytest.mark.parametrize(
    ("signer", "expected"), [(rsa_signer(), EXPECTED), (p256_signer(), ES256)], ids=["RS256", "ES256"]
)
def test_a_good_token_names_its_subject(signer: Signer, expected: Expected) -> None:
    verified = verify_id_token(signer.token(claims()), KEYS, expected, now=NOW)
    assert (verified.subject, verified.issuer, verified.expires_at) == ("demouser", EXPECTED.issuer, NOW + 300)


ACCEPTED: dict[str, dict[str, object]] = {
    "aud as a list of one": {"aud": ["client-1"]},
    "azp that is this client": {"azp": "client-1"},
    "no at_hash": {"at_hash": None},
    "expired less than the skew ago": {"exp": NOW - SKEW_S + 1},
    "issued just within ten minutes before": {"iat": NOW - MAX_AGE_AT_ISSUE_S},
    "issued just within ten minutes after": {"iat": NOW + MAX_AGE_AT_ISSUE_S},
    "nbf within the skew": {"nbf": NOW + SKEW_S},
    "a time with a fraction": {"iat": NOW + 0.5},
}


@pytest.mark.parametrize("changed", ACCEPTED.values(), ids=ACCEPTED)
def test_o3_an_id_token_within_the_rules_is_accepted(changed: dict[str, object]) -> None:
    token = rsa_signer().token(claims(**changed))
    assert verify_id_token(token, KEYS, EXPECTED, now=NOW).subject == "demouser"


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "another issuer": ({"iss": "https://evil.example"}, "issuer"),
    "the issuer with a slash": ({"iss": EXPECTED.issuer + "/"}, "issuer"),
    "no issuer": ({"iss": None}, "issuer"),
    "another client": ({"aud": "client-2"}, "client"),
    "no audience": ({"aud": None}, "client"),
    "an empty list": ({"aud": []}, "client"),
    "a list without this client": ({"aud": ["client-2", "client-3"]}, "client"),
    "a longer client id": ({"aud": "client-11"}, "client"),
    "an object for an audience": ({"aud": {"client-1": 1}}, "client"),
    "an audience that is not trusted": ({"aud": ["client-1", "client-2"], "azp": "client-1"}, "audience"),
    "another azp": ({"azp": "client-2"}, "client"),
    "an azp of another type": ({"azp": ["client-1"]}, "client"),
    "expired": ({"exp": NOW - SKEW_S}, "expired"),
    "no expiry": ({"exp": None}, "exp"),
    "an expiry in words": ({"exp": "tomorrow"}, "exp"),
    "an expiry that is true": ({"exp": True}, "exp"),
    "issued too long ago": ({"iat": NOW - MAX_AGE_AT_ISSUE_S - 1}, "clock"),
    "issued in the future": ({"iat": NOW + MAX_AGE_AT_ISSUE_S + 1}, "clock"),
    "no iat": ({"iat": None}, "iat"),
    "not valid yet": ({"nbf": NOW + SKEW_S + 1}, "clock"),
    "another nonce": ({"nonce": "n-2"}, "nonce"),
    "no nonce": ({"nonce": None}, "nonce"),
    "a nonce of another type": ({"nonce": ["n-1"]}, "nonce"),
    "the at_hash of another token": ({"at_hash": at_hash("access-2")}, "at_hash"),
    "an at_hash of another type": ({"at_hash": 1}, "at_hash"),
    "an empty at_hash": ({"at_hash": ""}, "at_hash"),
    "no subject": ({"sub": None}, "subject"),
    "an empty subject": ({"sub": ""}, "subject"),
    "an endless subject": ({"sub": "x" * 256}, "subject"),
    "a subject that is a number": ({"sub": 7}, "subject"),
}


@pytest.mark.parametrize(("changed", "reason"), REFUSED.values(), ids=REFUSED)
def test_o3_an_id_token_that_breaks_a_rule_is_refused_with_its_reason(changed: dict[str, object], reason: str) -> None:
    assert reason in refused(rsa_signer().token(claims(**changed)))


def test_o3_a_second_audience_needs_to_be_trusted_and_azp_to_be_there() -> None:
    trusting = Expected(
        issuer=EXPECTED.issuer,
        client_id="client-1",
        nonce="n-1",
        alg="RS256",
        access_token="access-1",
        trusted_audiences=frozenset({"api"}),
    )
    token = rsa_signer().token(claims(aud=["client-1", "api"], azp="client-1"))
    assert verify_id_token(token, KEYS, trusting, now=NOW).subject == "demouser"
    assert "azp" in refused(rsa_signer().token(claims(aud=["client-1", "api"])), trusting)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", ""])
@pytest.mark.parametrize("signature", [b"", b"x", bytes(256)], ids=["empty", "short", "zeros"])
def test_l1_a_token_without_a_signature_is_refused(alg: str, signature: bytes) -> None:
    token = compact({"alg": alg, "kid": "rsa-1"}, claims(), lambda _: signature)
    assert "algorithm" in refused(token)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "PS256"])
def test_l1_a_registration_for_an_unknown_algorithm_accepts_nothing(alg: str) -> None:
    other = Expected(issuer=EXPECTED.issuer, client_id="client-1", nonce="n-1", alg=alg, access_token="access-1")
    token = compact({"alg": alg}, claims(), lambda _: b"")
    assert "algorithm" in refused(token, other)


def test_l1_an_empty_signature_under_a_good_algorithm_is_refused() -> None:
    for signer, expected in ((rsa_signer(), EXPECTED), (p256_signer(), ES256)):
        token = compact({"alg": signer.alg, "kid": signer.kid}, claims(), lambda _: b"")
        assert "signature" in refused(token, expected)


def public_key_texts() -> dict[str, bytes]:
    public = rsa_signer().key.public_key()
    return {
        "PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "JWK": dump_json(rsa_signer().jwk()),
        "modulus": str(rsa_signer().jwk()["n"]).encode(),
    }


@pytest.mark.parametrize("secret", public_key_texts().values(), ids=public_key_texts())
@pytest.mark.parametrize("alg", ["HS256", "RS256"])
def test_l2_a_public_key_used_as_a_shared_secret_signs_nothing(secret: bytes, alg: str) -> None:
    token = compact(
        {"alg": alg, "kid": "rsa-1"}, claims(), lambda message: hmac.digest(secret, message, hashlib.sha256)
    )
    refused(token)


def test_l2_a_token_signed_by_the_servers_other_algorithm_is_refused() -> None:
    assert "algorithm" in refused(p256_signer().token(claims()), EXPECTED)
    assert "algorithm" in refused(rsa_signer().token(claims()), ES256)


def test_l2_a_header_cannot_lend_its_key_to_another_algorithm() -> None:
    refused(rsa_signer().token(claims(), alg="ES256"), ES256)
    refused(p256_signer().token(claims(), alg="RS256"), EXPECTED)


STRANGE_HEADERS: dict[str, dict[str, object]] = {
    "crit": {"crit": ["exp"], "exp": 1},
    "b64": {"b64": False},
    "a kid that is a number": {"kid": 1},
    "an unknown kid": {"kid": "rsa-2"},
    "a key of its own": {"kid": "mine", "jwk": rsa_signer("mine").jwk()},
}


@pytest.mark.parametrize("header", STRANGE_HEADERS.values(), ids=STRANGE_HEADERS)
def test_a_header_that_asks_for_something_special_is_refused(header: dict[str, object]) -> None:
    refused(rsa_signer().token(claims(), **header))


GOOD = rsa_signer().token(claims())
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")
BROKEN = {
    "empty": "",
    "two parts": f"{HEADER}.{PAYLOAD}",
    "four parts": f"{GOOD}.x",
    "five parts, as if encrypted": f"{GOOD}.x.y",
    "another payload": f"{HEADER}.{base64url_encode(dump_json(claims(sub='admin')))}.{SIGNATURE}",
    "a padded signature": f"{GOOD}=",
    "a line break": f"{GOOD}\n",
    "a header that is a list": f"{base64url_encode(b'[]')}.{PAYLOAD}.{SIGNATURE}",
    "a payload that is not JSON": compact({"alg": "RS256", "kid": "rsa-1"}, {}, lambda _: b"").rpartition(".")[0]
    + ".x",
    "a header that names alg twice": (
        base64url_encode(b'{"alg":"none","alg":"RS256","kid":"rsa-1"}') + f".{PAYLOAD}.{SIGNATURE}"
    ),
    "letters that are not ASCII": f"{HEADER}.{PAYLOAD}.\u00e9",
    "too long": GOOD + "A" * 20_000,
}


@pytest.mark.parametrize("token", BROKEN.values(), ids=BROKEN)
def test_what_is_no_signed_token_is_refused(token: str) -> None:
    refused(token)


def test_a_claim_named_twice_is_refused_even_when_signed() -> None:
    signed = f"{HEADER}." + base64url_encode(b'{"sub":"a",' + dump_json(claims())[1:])
    token = f"{signed}.{base64url_encode(rsa_signer().sign(signed.encode()))}"
    assert "claims" in refused(token)


def _cut(text: str, at: int) -> str:
    return text[:at] + text[at + 1 :]


@given(st.integers(min_value=0, max_value=len(GOOD) - 1), st.sampled_from([_cut, lambda text, at: text[:at]]))
def test_o3_no_part_of_a_token_can_be_left_out(at: int, damage: Callable[[str, int], str]) -> None:
    refused(damage(GOOD, at))


@given(st.text(max_size=400))
def test_random_text_is_refused_and_nothing_else_is_raised(text: str) -> None:
    refused(text)
