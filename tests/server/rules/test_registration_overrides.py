"""What an administrator decides of registration lies over the settings, and cannot be nonsense."""

import pytest

from keyfob_server.rules.policy import Policy, RegistrationPolicy
from keyfob_server.rules.registration_overrides import (
    RegistrationOverrides,
    apply,
    in_force,
    overrides_fault,
    parse,
)

POLICY = Policy(base_url="https://id.example", registration=RegistrationPolicy(authenticate="both"))
EVERYTHING = RegistrationOverrides(
    enabled=False,
    authenticate="client",
    templatized=False,
    non_templatized=True,
    initial_token_lifetime_s=60,
    allowed_scopes=("openid", "email"),
)


def test_nothing_decided_leaves_the_policy_as_it_is() -> None:
    assert apply(POLICY, RegistrationOverrides()) == POLICY
    assert apply(POLICY, in_force(POLICY)) == POLICY
    assert not RegistrationOverrides().any
    assert RegistrationOverrides(enabled=False).any


def test_everything_decided_is_in_force() -> None:
    assert in_force(apply(POLICY, EVERYTHING)) == EVERYTHING


def test_the_default_scope_is_never_more_than_what_is_allowed() -> None:
    assert apply(POLICY, EVERYTHING).registration.default_scope == ("openid",)


@pytest.mark.parametrize("overrides", [RegistrationOverrides(), EVERYTHING, RegistrationOverrides(templatized=True)])
def test_what_was_decided_is_read_again_as_it_was(overrides: RegistrationOverrides) -> None:
    assert parse(overrides.encode()) == overrides


@pytest.mark.parametrize("text", [None, ""])
def test_no_document_decides_nothing(text: str | None) -> None:
    assert parse(text) == RegistrationOverrides()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "null",
        "0",
        '{"enabled": "yes"}',
        '{"enabled": 1}',
        '{"initial_token_lifetime_s": true}',
        '{"initial_token_lifetime_s": 9}',
        '{"authenticate": "nobody"}',
        '{"authenticate": 1}',
        '{"allowed_scopes": "openid"}',
        '{"allowed_scopes": [1]}',
        '{"allowed_scopes": []}',
        '{"unknown": true}',
    ],
)
def test_a_document_that_nobody_here_wrote_is_an_error_and_no_decision(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@pytest.mark.parametrize(
    ("overrides", "part"),
    [
        (RegistrationOverrides(authenticate="anybody"), "user, client or both"),
        (RegistrationOverrides(templatized=False, non_templatized=False), "with a template, without one, or both"),
        (RegistrationOverrides(initial_token_lifetime_s=9), "10 to 7776000 seconds"),
        (RegistrationOverrides(initial_token_lifetime_s=7776001), "10 to 7776000 seconds"),
        (RegistrationOverrides(allowed_scopes=()), "1 to 100 different scopes"),
        (RegistrationOverrides(allowed_scopes=("openid", "openid")), "different"),
        (RegistrationOverrides(allowed_scopes=("dcr",)), "never"),
        (RegistrationOverrides(allowed_scopes=("a b",)), "visible ASCII"),
        (RegistrationOverrides(allowed_scopes=('a"',)), "visible ASCII"),
        (RegistrationOverrides(allowed_scopes=("",)), "visible ASCII"),
    ],
)
def test_what_cannot_be_is_told_as_a_sentence(overrides: RegistrationOverrides, part: str) -> None:
    assert part in str(overrides_fault(overrides))


def test_neither_kind_of_registration_may_be_allowed_while_all_of_it_is_off() -> None:
    off = RegistrationOverrides(enabled=False, templatized=False, non_templatized=False)
    assert overrides_fault(off) is None
