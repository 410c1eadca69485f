import re
import statistics
import time

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keyfob_server.crypto import base64url
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.ports.sealing import SecretHasher

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
HASHER: SecretHasher = HmacSecretHasher(ROOTS)
SECRET = base64url.encode(ENTROPY.bytes(32))


@given(purpose=st.text(), secret=st.text())
@example(purpose="client-secret", secret="\ud800")
def test_a_secret_verifies_against_its_own_hash(purpose: str, secret: str) -> None:
    assert HASHER.verify(purpose, secret, HASHER.hash(purpose, secret))


@given(here=st.tuples(st.text(), st.text()), there=st.tuples(st.text(), st.text()))
@example(here=("client-secret", "x"), there=("registration-token", "x"))
@example(here=("ab", "c"), there=("a", "bc"))
@example(here=("a", "b"), there=("a", "b\x00"))
def test_another_secret_or_purpose_does_not_verify(here: tuple[str, str], there: tuple[str, str]) -> None:
    assume(here != there)
    assert not HASHER.verify(*there, HASHER.hash(*here))


@given(stored=st.text())
@example(stored="")
@example(stored="$")
@example(stored=f"{ROOTS.verification[0].id}$")
@example(stored=f"{ROOTS.verification[0].id}$" + "0" * 64)
@example(stored=f"{ROOTS.verification[0].id}$" + "\u00e9" * 64)
@example(stored="ffffffff$" + HASHER.hash("client-secret", SECRET).partition("$")[2])
@example(stored=HASHER.hash("client-secret", SECRET).partition("$")[2])
@example(stored=HASHER.hash("client-secret", SECRET) + "0")
@example(stored=HASHER.hash("client-secret", SECRET).upper())
@example(stored=SECRET)
def test_what_was_not_stored_by_the_hasher_is_false_and_never_an_error(stored: str) -> None:
    assert HASHER.verify("client-secret", SECRET, stored) is False


def test_f26_the_stored_form_names_its_key_and_says_nothing_of_the_secret() -> None:
    stored = HASHER.hash("client-secret", SECRET)
    assert re.fullmatch(r"[0-9a-f]{8}\$[0-9a-f]{64}", stored)
    assert SECRET not in stored
    assert (base64url.decode(SECRET) or b"").hex() not in stored


def test_f26_without_the_root_the_same_secret_has_another_hash() -> None:
    elsewhere = HmacSecretHasher(create_roots(ENTROPY))
    ours, theirs = HASHER.hash("client-secret", SECRET), elsewhere.hash("client-secret", SECRET)
    assert ours.partition("$")[2] != theirs.partition("$")[2]
    assert not elsewhere.verify("client-secret", SECRET, ours)


def test_an_older_key_still_verifies_and_the_newest_makes() -> None:
    newer = create_roots(ENTROPY).verification
    rotated = HmacSecretHasher(Roots(ROOTS.sealing, newer + ROOTS.verification, ROOTS.pairwise))
    assert rotated.verify("client-secret", SECRET, HASHER.hash("client-secret", SECRET))
    assert rotated.hash("client-secret", SECRET).startswith(newer[0].id + "$")


@pytest.mark.parametrize("stored", ["", "ffffffff$" + "0" * 64, "junk"])
def test_an_empty_or_unknown_stored_form_costs_as_much_as_a_wrong_secret(stored: str) -> None:
    wrong = HASHER.hash("client-secret", "another")
    durations: dict[str, list[int]] = {wrong: [], stored: []}
    for _ in range(4000):
        for candidate, taken in durations.items():
            began = time.perf_counter_ns()
            HASHER.verify("client-secret", SECRET, candidate)
            taken.append(time.perf_counter_ns() - began)
    medians = [statistics.median(taken) for taken in durations.values()]
    # A path that left out the HMAC would take a third or less.
    assert min(medians) > max(medians) * 0.6


OLDER = create_roots(ENTROPY).verification
BOTH = HmacSecretHasher(Roots(ROOTS.sealing, ROOTS.verification + OLDER, ROOTS.pairwise))
OLD = HmacSecretHasher(Roots(ROOTS.sealing, OLDER, ROOTS.pairwise))


@pytest.mark.parametrize(
    "first", ["", "junk", BOTH.hash("p", "one"), OLD.hash("p", "one"), BOTH.hash("p", "two")], ids=range(5)
)
@pytest.mark.parametrize(
    "second", ["", "junk", BOTH.hash("p", "one"), OLD.hash("p", "one"), OLD.hash("p", "two")], ids=range(5)
)
@pytest.mark.parametrize("secret", ["one", "two", ""])
def test_either_of_two_is_found_as_each_is_alone(secret: str, first: str, second: str) -> None:
    alone = (BOTH.verify("p", secret, first), BOTH.verify("p", secret, second))
    assert BOTH.verify_either("p", secret, first, second) == alone
