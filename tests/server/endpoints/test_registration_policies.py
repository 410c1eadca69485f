"""Registration policies: each narrows or refuses, at registration and at every later update, and none is undone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri, ProtocolError
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.initial_tokens import issue_initial_token
from keyfob_server.endpoints.registration_policies import REGISTRATION_POLICIES, within_limits
from keyfob_server.rules.new_initial_token import NewInitialToken
from keyfob_server.rules.token_limits import TokenLimits
from support_app import REDIRECT, SEED_REQUEST, Instance, Keyfob, running_keyfob
from support_initial_tokens import ACT, issued, issuer_of
from support_management import Managed
from support_sql import value

NATIVE = ClientMetadata(
    redirect_uris=("com.example.app:/cb",),
    scope=("openid", "profile"),
    grant_types=("authorization_code", "refresh_token"),
    application_type="native",
)
WEB = replace(NATIVE, redirect_uris=("https://app.example/cb",), application_type="web")
PUBLIC = replace(NATIVE, token_endpoint_auth_method="none")
PAIRWISE = replace(WEB, subject_type="pairwise")

OUTCOMES: Final = [
    ("claimed-https", WEB, WEB),
    ("claimed-https", NATIVE, "redirect_uris: the initial access token is for https URIs"),
    (
        "claimed-https",
        replace(WEB, post_logout_redirect_uris=("com.example.app:/out",)),
        "post_logout_redirect_uris: the initial access token is for https URIs",
    ),
    ("confidential", NATIVE, NATIVE),
    ("confidential", PUBLIC, "token_endpoint_auth_method: the initial access token is for confidential clients"),
    ("consent", NATIVE, replace(NATIVE, requires_consent=True)),
    ("consent", replace(NATIVE, requires_consent=True), replace(NATIVE, requires_consent=True)),
    ("no-refresh-tokens", NATIVE, replace(NATIVE, grant_types=("authorization_code",))),
    ("openid-only", NATIVE, replace(NATIVE, scope=("openid",))),
    ("openid-only", replace(NATIVE, scope=("profile",)), "scope: the initial access token is for openid"),
    ("pairwise", PAIRWISE, PAIRWISE),
    ("pairwise", WEB, "subject_type: the initial access token is for pairwise subjects"),
    ("of a later release", WEB, "the initial access token names a policy that this server does not have"),
]


@pytest.mark.parametrize(("name", "metadata", "outcome"), OUTCOMES)
def test_a_policy_narrows_or_refuses(name: str, metadata: ClientMetadata, outcome: ClientMetadata | str) -> None:
    limits = TokenLimits(policies=(name,))
    if isinstance(outcome, ClientMetadata):
        assert within_limits(metadata, limits, templated=False) == outcome
    else:
        with pytest.raises((InvalidClientMetadata, InvalidRedirectUri)) as refused:
            within_limits(metadata, limits, templated=False)
        assert refused.value.description == outcome


def test_each_policy_has_a_row_above() -> None:
    assert {name for name, _, _ in OUTCOMES} >= set(REGISTRATION_POLICIES)


@given(
    st.lists(st.sampled_from(sorted(REGISTRATION_POLICIES)), unique=True),
    st.sampled_from([NATIVE, WEB, PUBLIC, PAIRWISE, replace(WEB, scope=("profile",))]),
)
def test_what_policies_let_through_allows_no_more_and_passes_them_again(
    names: list[str], metadata: ClientMetadata
) -> None:
    limits = TokenLimits(policies=tuple(names))
    try:
        left = within_limits(metadata, limits, templated=False)
    except ProtocolError:
        return
    assert set(left.scope) <= set(metadata.scope)
    assert set(left.grant_types) <= set(metadata.grant_types)
    assert left.requires_consent >= metadata.requires_consent
    assert replace(left, scope=(), grant_types=(), requires_consent=False) == replace(
        metadata, scope=(), grant_types=(), requires_consent=False
    )
    assert within_limits(left, limits, templated=False) == left


def test_of_what_a_template_says_nothing_is_taken_away() -> None:
    assert within_limits(NATIVE, TokenLimits(policies=("confidential",)), templated=True) == NATIVE
    with pytest.raises(InvalidClientMetadata, match="the template allows more"):
        within_limits(NATIVE, TokenLimits(policies=("no-refresh-tokens",)), templated=True)


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def test_a_token_of_a_policy_that_is_none_is_not_issued(keyfob: Keyfob) -> None:
    outcome = keyfob.run(
        issue_initial_token(issuer_of(keyfob), NewInitialToken(policies=("no-such",)), ACT, now=keyfob.clock())
    )
    assert outcome == Unfit(
        "there is no registration policy 'no-such', but "
        "claimed-https, confidential, consent, no-refresh-tokens, openid-only, pairwise"
    )


def test_a_policy_twice_is_refused(keyfob: Keyfob) -> None:
    new = NewInitialToken(policies=("consent", "consent"))
    outcome = keyfob.run(issue_initial_token(issuer_of(keyfob), new, ACT, now=keyfob.clock()))
    assert outcome == Unfit("an initial token names each registration policy once")


def registered(keyfob: Keyfob, new: NewInitialToken) -> Managed:
    answer = keyfob.register(issued(keyfob, new).token, SEED_REQUEST)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    instance = Instance(document["client_id"], document["client_secret"], document)
    return Managed(keyfob, instance, document["registration_access_token"])


def test_an_instance_is_held_to_its_token_s_policies_when_it_is_updated(keyfob: Keyfob) -> None:
    app = registered(
        keyfob, NewInitialToken(user_name="demouser", policies=("no-refresh-tokens", "consent", "openid-only"))
    )
    assert app.instance.document["grant_types"] == ["authorization_code"]
    assert app.instance.document["requires_consent"] is True
    assert app.instance.document["scope"] == "openid"
    again = app.update(
        grant_types=["authorization_code", "refresh_token"], requires_consent=False, scope="openid profile"
    )
    assert again.status_code == 200, again.text
    assert again.json()["grant_types"] == ["authorization_code"]
    assert again.json()["requires_consent"] is True
    assert again.json()["scope"] == "openid"


def test_an_update_cannot_leave_the_redirect_uris_of_the_token(keyfob: Keyfob) -> None:
    app = registered(keyfob, NewInitialToken(user_name="demouser", redirect_uris=(REDIRECT,)))
    refused = app.update(redirect_uris=["com.thief.app:/callback"])
    assert refused.status_code == 400
    assert refused.json() == {
        "error": "invalid_redirect_uri",
        "error_description": "redirect_uris: the initial access token is for other ones",
    }
    assert app.read().json()["redirect_uris"] == [REDIRECT]


def test_a_registration_that_a_policy_refuses_leaves_no_row_and_no_use(keyfob: Keyfob) -> None:
    counted = "select count(*) from dynamically_registered_clients"
    before = value(keyfob.database, counted)
    token = issued(keyfob, NewInitialToken(policies=("claimed-https",)))
    refused = keyfob.register(token.token, SEED_REQUEST)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")
    assert value(keyfob.database, counted) == before
    assert value(keyfob.database, "select uses from initial_tokens order by id desc limit 1") == 0


def test_an_instance_without_limits_stores_none(keyfob: Keyfob) -> None:
    registered(keyfob, NewInitialToken())
    newest = "select token_limits from dynamically_registered_clients order by client_id desc limit 1"
    assert value(keyfob.database, newest) == ""
