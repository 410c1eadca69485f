"""Keys that follow one another: published, signing, retired, withdrawn, or not here at all."""

import json
from dataclasses import replace

import pytest

from keyfob_server.crypto.jose import MAX_TOKEN, SigningKeys, claimed_kid
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS, open_signing_key
from keyfob_server.ports.keys import TokenSigner
from support_jose import CLAIMS, DAY, KEEP, NOW, ROOTS, header_of, keys_of, record_of, segment

RECORDS = {alg: record_of(alg) for alg in SIGNING_ALGORITHMS}
SIGNER: TokenSigner = keys_of(RECORDS.values())


def test_a_key_is_published_before_it_signs() -> None:
    present, coming = RECORDS["ES256"], record_of("ES256", signs_from=NOW + 86400)
    keys = keys_of([coming, present])
    assert header_of(keys.sign("ES256", CLAIMS))["kid"] == present.kid
    assert coming.kid.encode() in keys.jwks()
    later = keys_of([coming, present], now=NOW + 86400)
    assert header_of(later.sign("ES256", CLAIMS))["kid"] == coming.kid
    assert later.verify(keys.sign("ES256", CLAIMS)) == CLAIMS
    assert keys.verify(later.sign("ES256", CLAIMS)) == CLAIMS


def test_the_algorithms_are_those_that_a_key_signs_with_now() -> None:
    assert SIGNER.algorithms() == ("RS256", "ES256")
    coming = record_of("ES256", signs_from=NOW + 1)
    assert keys_of([RECORDS["RS256"], coming]).algorithms() == ("RS256",)
    assert keys_of([]).algorithms() == ()


def test_a_key_whose_hour_has_not_come_does_not_sign() -> None:
    keys = keys_of([record_of("ES256", signs_from=NOW + 1)])
    with pytest.raises(KeyError):
        keys.sign("ES256", CLAIMS)


def test_a_retired_key_verifies_for_ever_and_is_published_for_a_while() -> None:
    token = SIGNER.sign("ES256", CLAIMS)
    replaced, present = RECORDS["ES256"], record_of("ES256", signs_from=NOW + DAY)
    for now, published in ((NOW + DAY, True), (NOW + DAY + KEEP - 1, True), (NOW + DAY + KEEP, False)):
        keys = keys_of([replaced, present], now=now)
        assert header_of(keys.sign("ES256", CLAIMS))["kid"] == present.kid
        assert (replaced.kid.encode() in keys.jwks()) is published
        assert keys.verify(token) == CLAIMS


def test_nothing_that_a_withdrawn_key_signed_is_believed() -> None:
    token = SIGNER.sign("ES256", CLAIMS)
    withdrawn = replace(RECORDS["ES256"], retired_at=NOW + 10)
    assert header_of(keys_of([withdrawn], now=NOW + 9).sign("ES256", CLAIMS))["kid"] == withdrawn.kid
    keys = keys_of([withdrawn], now=NOW + 10)
    assert keys.verify(token) is None
    assert json.loads(keys.jwks()) == {"keys": []}
    with pytest.raises(KeyError):
        keys.sign("ES256", CLAIMS)


def test_l10_a_key_that_is_not_here_is_missed_when_its_hour_comes_and_never_signs() -> None:
    present, elsewhere = RECORDS["ES256"], record_of("ES256", signs_from=NOW + DAY)
    here = {present.kid: open_signing_key(present, ROOTS)}
    before = SigningKeys([present, elsewhere], here, NOW + DAY - 1, keep_published_s=KEEP)
    assert (before.missing, before.changes_at) == ((), NOW + DAY)
    after = SigningKeys([present, elsewhere], here, NOW + DAY, keep_published_s=KEEP)
    assert after.missing == (elsewhere.kid,)
    assert header_of(after.sign("ES256", CLAIMS))["kid"] == present.kid
    assert elsewhere.kid.encode() not in after.jwks()


def test_a_token_names_its_key_and_junk_names_none() -> None:
    assert claimed_kid(SIGNER.sign("ES256", CLAIMS)) == RECORDS["ES256"].kid
    for junk in ("", "..", "a.b.c", segment({"alg": "ES256", "kid": 7}) + ".e30.AA", "x" * (MAX_TOKEN + 1)):
        assert claimed_kid(junk) == ""
