import pytest

from keyfob_protocol.claims import CLAIMS_BY_SCOPE, SUPPORTED_CLAIMS, at_hash, claims_for

FACTS: dict[str, object] = {
    "name": "Demo User",
    "given_name": "Demo",
    "family_name": "",
    "preferred_username": "demouser",
    "email": "demo@user.com",
    "email_verified": False,
    "phone_number": "07711",
    "phone_number_verified": None,
    "role": "admin",
}


@pytest.mark.parametrize(("scope", "claims"), [
    ((), set()),
    (("openid",), set()),
    (("profile",), {"name", "given_name", "preferred_username"}),
    (("email",), {"email", "email_verified"}),
    (("phone",), {"phone_number"}),
    (("address", "admin", "role"), set()),
    (("openid", "profile", "email", "phone"), set(FACTS) - {"family_name", "phone_number_verified", "role"}),
])  # fmt: skip
def test_a_scope_shows_its_claims_and_no_others(scope: tuple[str, ...], claims: set[str]) -> None:
    assert set(claims_for(scope, FACTS)) == claims


def test_a_claim_that_is_false_is_told() -> None:
    assert claims_for(("email",), FACTS) == {"email": "demo@user.com", "email_verified": False}


def test_supported_claims_are_the_subject_and_claims_of_the_table() -> None:
    assert set(SUPPORTED_CLAIMS) - {"sub"} <= {claim for claims in CLAIMS_BY_SCOPE.values() for claim in claims}


def test_the_at_hash_of_openid_connect_core_appendix_a_3() -> None:
    assert at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") == "77QmUPtjPfzWtF2AnpK9RQ"
