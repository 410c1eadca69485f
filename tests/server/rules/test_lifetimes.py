"""Lifetimes: the operator's for a client, else the policy's; a registration shortens."""

from dataclasses import replace

import pytest

from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.lifetimes import Lifetimes, grant_ends, grant_lifetime_s, lifetimes_of
from support_records import CLIENT, GRANT, NOW, POLICY

METADATA = CLIENT.metadata
PLAIN = lifetimes_of(METADATA, ClientSettings(), POLICY)


def test_without_a_decision_of_its_own_a_client_has_the_policys_lifetimes() -> None:
    expected = Lifetimes(
        access_token_s=POLICY.access_token_lifetime_s,
        id_token_s=POLICY.id_token_lifetime_s,
        refresh_tokens=True,
        refresh_idle_s=POLICY.refresh_idle_s,
        refresh_absolute_s=POLICY.refresh_absolute_s,
    )
    assert expected == PLAIN


@pytest.mark.parametrize("seconds", [1, 10**8])
def test_what_the_operator_decided_for_a_client_holds_instead_of_the_policy(seconds: int) -> None:
    settings = ClientSettings(
        access_token_lifetime_s=seconds,
        id_token_lifetime_s=seconds + 1,
        refresh_idle_s=seconds + 2,
        refresh_absolute_s=seconds + 3,
    )
    assert lifetimes_of(METADATA, settings, POLICY) == Lifetimes(seconds, seconds + 1, True, seconds + 2, seconds + 3)  # noqa: FBT003 - a record


@pytest.mark.parametrize(("asked", "seconds"), [(None, 300), (10, 10), (300, 300), (9999, 300)])
@pytest.mark.parametrize("decided", [True, False])
def test_a_registration_may_shorten_a_lifetime_and_never_lengthen_it(
    asked: int | None, seconds: int, *, decided: bool
) -> None:
    policy = POLICY if decided else replace(POLICY, access_token_lifetime_s=300, refresh_idle_s=300)
    settings = ClientSettings(access_token_lifetime_s=300, refresh_idle_s=300) if decided else ClientSettings()
    metadata = replace(METADATA, access_token_ttl=asked, refresh_token_ttl=asked)
    found = lifetimes_of(metadata, settings, policy)
    assert (found.access_token_s, found.refresh_idle_s) == (seconds, seconds)


@pytest.mark.parametrize("policy", [True, False])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("registered", [True, False])
def test_there_are_refresh_tokens_when_policy_settings_and_registration_agree(
    *, policy: bool, own: bool, registered: bool
) -> None:
    metadata = METADATA if registered else replace(METADATA, grant_types=("authorization_code",))
    found = lifetimes_of(metadata, ClientSettings(refresh_tokens=own), replace(POLICY, refresh_tokens=policy))
    assert found.refresh_tokens is (policy and own and registered)


@pytest.mark.parametrize(("absolute_s", "ends"), [(50, NOW - 50), (10**9, GRANT.expires)])
def test_a_grant_ends_when_it_was_told_to_or_sooner(absolute_s: int, ends: int) -> None:
    assert grant_ends(GRANT, replace(PLAIN, refresh_absolute_s=absolute_s)) == ends


@pytest.mark.parametrize(
    ("refresh_tokens", "access_token_s", "lifetime_s"), [(True, 9000, 500), (False, 30, 100), (False, 9000, 9000)]
)
def test_a_grant_without_refresh_tokens_lasts_as_long_as_what_it_yielded_or_came_from(
    access_token_s: int, lifetime_s: int, *, refresh_tokens: bool
) -> None:
    lifetimes = replace(PLAIN, refresh_tokens=refresh_tokens, access_token_s=access_token_s, refresh_absolute_s=500)
    assert grant_lifetime_s(("openid",), lifetimes, replace(POLICY, session_absolute_s=100)) == lifetime_s


@pytest.mark.parametrize("scope", [("dcr",), ("openid", "dcr")])
def test_an_initial_tokens_grant_outlasts_the_longest_initial_token(scope: tuple[str, ...]) -> None:
    lifetimes = replace(PLAIN, refresh_tokens=False, access_token_s=10, refresh_absolute_s=60)
    assert grant_lifetime_s(scope, lifetimes, POLICY) == 90 * 86400
