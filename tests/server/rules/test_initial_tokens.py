"""The table of initial tokens: by what each kind lives, and by what it dies."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.initial_claims import InitialTokenClaims
from keyfob_server.rules.initial_token_records import IssuedInitialToken, RegistrationFacts
from keyfob_server.rules.initial_tokens import (
    Dead,
    InitialToken,
    Live,
    Spent,
    grant_key_of,
    initial_client_of,
    is_accepted,
    judge,
    reserved_id_of,
    token_id_of,
)
from keyfob_server.rules.introspection import INACTIVE, introspect_initial
from keyfob_server.rules.records import Generations, GrantKey
from keyfob_server.rules.revocation import LeaveAlone, RevokeById, judge_by_id
from keyfob_server.rules.token_limits import TokenLimits
from support_records import ACCESS, ACCOUNT, CLIENT, GRANT, LOADED, NOW, POLICY

RESERVED = ClientId("reserved")
STATIC = replace(CLIENT, kind="static", owner=None, settings=ClientSettings(initial_tokens=True, templates=("t", "u")))
BY_CODE = replace(ACCESS, grant_key=GrantKey(RESERVED, GrantId("code")), scope=("dcr",))
USER_FACTS = RegistrationFacts(replace(LOADED, client=STATIC, grant=replace(GRANT, key=BY_CODE.grant_key)))
BY_CLIENT = InitialTokenClaims(
    "token-1", STATIC.client_id, RESERVED, None, ClientId("t"), Generations(STATIC.generation, 0), NOW + 300
)
CLIENT_FACTS = RegistrationFacts(replace(LOADED, client=STATIC, account=None, grant=None))
ISSUED = InitialTokenClaims(
    "token-2", ClientId(""), ClientId(""), ACCOUNT.id, None, Generations(0, ACCOUNT.generation), NOW + 300
)
ROW = IssuedInitialToken(
    "token-2",
    "active",
    3,
    0,
    ACCOUNT.id,
    ClientId("t"),
    "root",
    NOW - 10,
    NOW + 300,
    TokenLimits(("com.example.app:/cb",)),
)
ISSUED_FACTS = RegistrationFacts(replace(LOADED, client=None, grant=None), issued=ROW)


def with_loaded(facts: RegistrationFacts, **changes: Any) -> RegistrationFacts:
    return replace(facts, loaded=replace(facts.loaded, **changes))


def with_row(**changes: Any) -> RegistrationFacts:
    return replace(ISSUED_FACTS, issued=replace(ROW, **changes))


def test_a_person_s_token_registers_for_the_person_under_the_reserved_id() -> None:
    assert judge(BY_CODE, USER_FACTS) == Live(
        InitialToken("code", "user", RESERVED, STATIC.client_id, ACCOUNT, None, ("t", "u"))
    )


def test_a_client_s_token_registers_for_nobody_yet() -> None:
    assert judge(BY_CLIENT, CLIENT_FACTS) == Live(
        InitialToken("token-1", "client", RESERVED, STATIC.client_id, None, ClientId("t"), ("t", "u"))
    )


def test_an_issued_token_allows_what_its_row_says() -> None:
    assert judge(ISSUED, ISSUED_FACTS) == Live(
        InitialToken(
            "token-2", "issued", None, ClientId("initial-token:token-2"), ACCOUNT, ClientId("t"), (), ROW.limits
        )
    )


def test_a_client_s_token_for_a_person_registers_for_the_person() -> None:
    claims = replace(BY_CLIENT, account_id=ACCOUNT.id, generations=Generations(2, ACCOUNT.generation))
    verdict = judge(claims, with_loaded(CLIENT_FACTS, account=ACCOUNT))
    assert isinstance(verdict, Live)
    assert verdict.token.owner == ACCOUNT
    for account in (None, replace(ACCOUNT, generation=4), replace(ACCOUNT, status="disabled")):
        assert isinstance(judge(claims, with_loaded(CLIENT_FACTS, account=account)), Dead)


@pytest.mark.parametrize(
    ("claims", "facts", "reason"),
    [
        (BY_CODE, with_loaded(USER_FACTS, grant=None), "unknown grant"),
        (BY_CODE, with_loaded(USER_FACTS, account=None), "unknown account"),
        (BY_CODE, with_loaded(USER_FACTS, client=None), "unknown client"),
        (BY_CODE, with_loaded(USER_FACTS, client=replace(STATIC, generation=9)), "client changed"),
        (BY_CLIENT, with_loaded(CLIENT_FACTS, token_revoked=True), "token revoked"),
        (BY_CLIENT, with_loaded(CLIENT_FACTS, client=None), "unknown client"),
        (BY_CLIENT, with_loaded(CLIENT_FACTS, client=replace(STATIC, status="retired")), "client not active"),
        (
            BY_CLIENT,
            with_loaded(CLIENT_FACTS, client=replace(STATIC, settings=ClientSettings())),
            "the client may not have initial tokens any more",
        ),
        (ISSUED, replace(ISSUED_FACTS, issued=None), "unknown token"),
        (ISSUED, with_row(status="revoked"), "token revoked"),
        (ISSUED, with_row(status="odd"), "token revoked"),
        (ISSUED, with_row(account_id=AccountId("ben")), "account changed"),
        (ISSUED, with_row(account_id=None), "account changed"),
        (ISSUED, with_loaded(ISSUED_FACTS, account=None), "unknown account"),
        (ISSUED, with_loaded(ISSUED_FACTS, account=replace(ACCOUNT, generation=4)), "account changed"),
    ],
)
def test_a_token_dies_with_whatever_it_hangs_on_also_when_it_is_too_old(
    claims: Any, facts: RegistrationFacts, reason: str
) -> None:
    assert judge(claims, facts) == Dead(reason)
    assert judge(replace(claims, expires_at=NOW), facts) == Dead(reason)


@pytest.mark.parametrize(
    ("claims", "facts", "reason"),
    [
        (replace(BY_CODE, expires_at=NOW), USER_FACTS, "expired"),
        (replace(BY_CLIENT, expires_at=NOW), CLIENT_FACTS, "expired"),
        (ISSUED, with_row(expires=NOW), "expired"),
        (ISSUED, with_row(uses_left=0), "no uses left"),
        (ISSUED, with_row(uses_left=0, expires=NOW), "no uses left"),
    ],
)
def test_a_token_that_was_good_once_is_spent(claims: Any, facts: RegistrationFacts, reason: str) -> None:
    verdict = judge(claims, facts)
    assert isinstance(verdict, Spent)
    assert verdict.reason == reason


def test_an_unlimited_token_without_a_person_is_live() -> None:
    claims = replace(ISSUED, account_id=None, generations=Generations(0, 0))
    verdict = judge(claims, with_loaded(with_row(uses_left=None, account_id=None), account=None))
    assert isinstance(verdict, Live)
    assert verdict.token.owner is None
    assert verdict.token.counted


@pytest.mark.parametrize(
    ("kind", "accepted"),
    [("user", {"user", "both"}), ("client", {"client", "both"}), ("issued", {"user", "client", "both"})],
)
def test_the_setting_says_whose_tokens_register_and_an_administrator_s_always_do(kind: Any, accepted: set[str]) -> None:
    assert {setting for setting in ("user", "client", "both") if is_accepted(kind, setting)} == accepted


def test_what_is_sealed_comes_back_as_it_was() -> None:
    for claims in (BY_CLIENT, ISSUED, replace(BY_CLIENT, template=None)):
        assert InitialTokenClaims.decode(claims.encode()) == claims
    assert (BY_CLIENT.issued, ISSUED.issued) == (False, True)


def test_a_token_is_known_by_its_own_id_or_its_grant_s() -> None:
    assert [token_id_of(claims) for claims in (BY_CODE, BY_CLIENT)] == ["code", "token-1"]
    assert [grant_key_of(claims) for claims in (BY_CODE, BY_CLIENT)] == [BY_CODE.grant_key, None]
    assert [reserved_id_of(claims) for claims in (BY_CODE, BY_CLIENT, ISSUED)] == [RESERVED, RESERVED, ""]
    assert initial_client_of(ROW) == "initial-token:token-2"


def test_its_client_is_told_of_a_token_until_it_registered_something() -> None:
    told = introspect_initial(BY_CLIENT, CLIENT_FACTS, policy=POLICY)
    assert told == {
        "active": True,
        "scope": "dcr",
        "client_id": STATIC.client_id,
        "token_type": "Bearer",
        "exp": BY_CLIENT.expires_at,
        "iss": POLICY.issuer,
    }
    for facts in (
        replace(CLIENT_FACTS, taken=True),
        with_loaded(CLIENT_FACTS, now=NOW + 300),
        with_loaded(CLIENT_FACTS, token_revoked=True),
    ):
        assert introspect_initial(BY_CLIENT, facts, policy=POLICY) == INACTIVE


def test_the_client_that_a_person_registers_through_is_told_of_the_person_too() -> None:
    told = introspect_initial(BY_CODE, USER_FACTS, subject="who", policy=POLICY)
    assert told == {
        "active": True,
        "scope": "dcr",
        "client_id": BY_CODE.client_id,
        "username": ACCOUNT.user_name,
        "token_type": "Bearer",
        "exp": BY_CODE.expires_at,
        "sub": "who",
        "iss": POLICY.issuer,
    }
    for facts in (replace(USER_FACTS, taken=True), with_loaded(USER_FACTS, now=BY_CODE.expires_at)):
        assert introspect_initial(BY_CODE, facts, subject="who", policy=POLICY) == INACTIVE


@pytest.mark.parametrize(
    ("client_id", "changes", "verdict"),
    [
        (STATIC.client_id, {}, RevokeById()),
        (ClientId("other"), {}, LeaveAlone("issued to another client")),
        (STATIC.client_id, {"token_revoked": True}, LeaveAlone("token revoked")),
        (STATIC.client_id, {"now": NOW + 300}, LeaveAlone("expired")),
    ],
)
def test_a_client_revokes_its_own_live_token(client_id: ClientId, changes: dict[str, Any], verdict: object) -> None:
    loaded = replace(CLIENT_FACTS.loaded, **changes)
    assert judge_by_id(BY_CLIENT, loaded, client_id=client_id) == verdict
