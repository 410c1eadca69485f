"""Nobody guesses a code: what the running server issues is long, and no two have anything in common to go by.

How random the bits are is measured where they are made; here it is asked whether real codes consist of such bits.
"""

import base64
from itertools import pairwise
from uuid import UUID

import pytest

from keyfob_server.rules.sealed_claims import CodeClaims
from support_app import REDIRECT, Keyfob, Pkce, answer_of, authorize_path
from support_authorize import signed_in

NUMBER = 300
IN_CLEAR, NONCE, TAG = 7, 12, 16
"""Bytes: version, key id and day; the nonce; the tag that a guess would have to hit."""


@pytest.fixture(scope="module")
def codes(keyfob: Keyfob) -> list[str]:
    """Codes for one and the same request."""
    instance, pkce = keyfob.new_instance(), Pkce()
    browser = signed_in(keyfob, instance)
    path = authorize_path(
        response_type="code",
        client_id=instance.client_id,
        redirect_uri=REDIRECT,
        scope="openid",
        state="s",
        code_challenge=pkce.challenge,
        code_challenge_method="S256",
    )
    return [answer_of(browser.get(path))["code"] for _ in range(NUMBER)]


@pytest.fixture(scope="module")
def raw(codes: list[str]) -> list[bytes]:
    return [base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)) for code in codes]


def test_c7_codes_stay_below_two_kilobytes(codes: list[str]) -> None:
    assert len(set(codes)) == NUMBER
    assert {len(code) < 2000 for code in codes} == {True}


def test_c7_of_two_codes_neither_nonce_nor_content_nor_tag_are_alike(raw: list[bytes]) -> None:
    assert len({sealed[:IN_CLEAR] for sealed in raw}) <= 2
    for start, end in ((IN_CLEAR, IN_CLEAR + NONCE), (IN_CLEAR + NONCE, IN_CLEAR + NONCE + 16), (-TAG, None)):
        parts = [sealed[start:end] for sealed in raw]
        assert len(set(parts)) == NUMBER
        assert len({part[:6] for part in parts}) == NUMBER
        assert len({part[-6:] for part in parts}) == NUMBER


def test_c7_two_codes_agree_in_no_more_places_than_chance(raw: list[bytes]) -> None:
    """Between neighbours one byte in 256 agrees by chance; one in 100 over all of them never does."""
    agreeing = compared = 0
    for one, two in pairwise(raw):
        pairs = list(zip(one[IN_CLEAR:], two[IN_CLEAR:], strict=False))
        agreeing += sum(left == right for left, right in pairs)
        compared += len(pairs)
    assert compared > 50_000
    assert agreeing < compared / 100


def test_c7_each_code_is_one_of_its_own_with_an_id_of_its_own(keyfob: Keyfob, codes: list[str]) -> None:
    opened = [keyfob.installation.services.sealer.open(CodeClaims.PURPOSE, code) for code in codes]
    claims = [CodeClaims.decode(payload) for payload in opened if payload is not None]
    assert len({UUID(claim.id).int & (1 << 62) - 1 for claim in claims}) == NUMBER
