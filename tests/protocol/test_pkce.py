import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.pkce import challenge_of, check_code_challenge, verifier_matches
from support_documents import vectors

VECTOR = vectors("pkce_rfc7636_appendix_b.json")
VERIFIER, CHALLENGE = str(VECTOR["code_verifier"]), str(VECTOR["code_challenge"])
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

verifiers = st.text(UNRESERVED, min_size=43, max_size=128)


def test_the_vector_of_rfc_7636_appendix_b() -> None:
    assert challenge_of(VERIFIER) == CHALLENGE
    assert verifier_matches(VERIFIER, CHALLENGE)
    check_code_challenge(CHALLENGE, "S256")


@given(verifiers, verifiers)
def test_only_its_own_verifier_opens_a_challenge(one: str, other: str) -> None:
    assert verifier_matches(one, challenge_of(one))
    assert verifier_matches(other, challenge_of(one)) is (one == other)


def test_b1_a_missing_challenge_is_named() -> None:
    with pytest.raises(InvalidRequest, match="code_challenge required"):
        check_code_challenge(None, None)


@pytest.mark.parametrize("method", [None, "plain", "s256", "S512", "S256 "])
def test_b2_every_method_but_s256_is_refused(method: str | None) -> None:
    with pytest.raises(InvalidRequest, match="code_challenge_method must be S256"):
        check_code_challenge(CHALLENGE, method)


@pytest.mark.parametrize("challenge", [
    "x", CHALLENGE[:-1], CHALLENGE + "A", CHALLENGE + "=", CHALLENGE + "\n", "A" * 42, "A" * 44, "A" * 128,
    "A" * 42 + "+", "A" * 42 + "/", "A" * 42 + ".", "A" * 42 + "é", " " + CHALLENGE[1:],
])  # fmt: skip
def test_b6_a_challenge_that_is_not_43_characters_of_base64url_is_refused(challenge: str) -> None:
    with pytest.raises(InvalidRequest, match="43 characters"):
        check_code_challenge(challenge, "S256")


@pytest.mark.parametrize("verifier", [
    None, "", VERIFIER[:-1], VERIFIER + "\n", VERIFIER + "é", "A" * 129, CHALLENGE[:-1] + "+", "plus+" * 10,
])  # fmt: skip
def test_b3_a_missing_or_malformed_verifier_never_matches(verifier: str | None) -> None:
    challenge = challenge_of(verifier) if verifier and verifier.isascii() else CHALLENGE
    assert not verifier_matches(verifier, challenge)


@pytest.mark.parametrize("challenge", ["", VERIFIER, "é" * 43, CHALLENGE.lower(), CHALLENGE + "="])
def test_a_verifier_matches_no_other_text(challenge: str) -> None:
    assert not verifier_matches(VERIFIER, challenge)
