"""Sealed claims come out as they went in."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.rules.records import GrantKey
from keyfob_server.rules.sealed_claims import AccessClaims, CodeClaims, InteractionClaims
from support_records import ACCESS, CODE

text = st.text(st.characters(codec="utf-8"), max_size=40)
scopes = st.lists(st.text("abc:/", min_size=1, max_size=8), max_size=4).map(tuple)


@given(nonce=text, scope=scopes, redirect_hash=text, holder=text)
def test_a_code_keeps_every_claim(nonce: str, scope: tuple[str, ...], redirect_hash: str, holder: str) -> None:
    code = replace(CODE, nonce=nonce, scope=scope, redirect_hash=redirect_hash, grant_client_id=ClientId(holder))
    assert CodeClaims.decode(code.encode()) == code


@given(scope=scopes, expires_at=st.integers(0, 2**40))
def test_an_access_token_keeps_every_claim(scope: tuple[str, ...], expires_at: int) -> None:
    access = replace(ACCESS, scope=scope, expires_at=expires_at)
    assert AccessClaims.decode(access.encode()) == access


def test_an_initial_token_keeps_the_id_reserved_for_the_instance() -> None:
    access = replace(ACCESS, grant_key=GrantKey(ClientId("reserved"), GrantId("g")))
    assert AccessClaims.decode(access.encode()).grant_key == access.grant_key


@given(query=text, browser=text)
def test_an_interaction_keeps_every_claim(query: str, browser: str) -> None:
    claims = InteractionClaims("sign_in", browser, "", query, 1, 2)
    assert InteractionClaims.decode(claims.encode()) == claims


def test_the_purposes_differ() -> None:
    purposes = {CodeClaims.PURPOSE, AccessClaims.PURPOSE, AccessClaims.INITIAL_PURPOSE, InteractionClaims.PURPOSE}
    assert len(purposes) == 4


def test_a_code_is_short() -> None:
    assert len(json.dumps(CODE.encode().decode())) < 1000
