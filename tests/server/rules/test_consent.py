"""Whether an earlier consent still stands."""

from dataclasses import replace

import pytest

from keyfob_protocol.authorization_request import AuthorizationRequest
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.authorize import Step, may_recall_consent
from keyfob_server.rules.code import redirect_hash
from keyfob_server.rules.consent import Consent, still_stands
from keyfob_server.rules.records import Account, Client, Generations, generations_of
from keyfob_server.rules.templates import TemplateLink
from support_records import ACCOUNT, NOW, POLICY, REDIRECT, asking, client

APP = client(metadata_requires_consent=True)
YEAR = POLICY.consent_lifetime_s
GIVEN = Consent(
    account_id=ACCOUNT.id,
    client_id=APP.client_id,
    scope=("openid", "profile"),
    redirect_hash=redirect_hash(REDIRECT),
    generations=generations_of(APP, ACCOUNT.generation),
    created=NOW,
    expires=NOW + YEAR,
)


def stands(
    consent: Consent = GIVEN,
    *,
    account: Account = ACCOUNT,
    app: Client = APP,
    scope: tuple[str, ...] = ("openid", "profile"),
    redirect_uri: str = REDIRECT,
    lifetime_s: int = YEAR,
    now: int = NOW,
) -> bool:
    hashed = redirect_hash(redirect_uri)
    return still_stands(
        consent, account=account, client=app, scope=scope, redirect_hash=hashed, lifetime_s=lifetime_s, now=now
    )


@pytest.mark.parametrize("scope", [("openid", "profile"), ("profile", "openid"), ("openid",), ()])
def test_the_same_scope_and_less_was_allowed(scope: tuple[str, ...]) -> None:
    assert stands(scope=scope)


@pytest.mark.parametrize("scope", [("openid", "profile", "email"), ("email",)])
def test_a24_a_wider_scope_was_not_allowed(scope: tuple[str, ...]) -> None:
    assert not stands(scope=scope)


def test_a24_another_place_for_the_answer_was_not_allowed() -> None:
    assert not stands(redirect_uri=REDIRECT + "2")


def test_a24_another_person_or_another_client_allowed_nothing() -> None:
    assert not stands(account=replace(ACCOUNT, id=AccountId("ben-id")))
    assert not stands(app=replace(APP, client_id=ClientId("another")))


@pytest.mark.parametrize(
    ("account", "app"),
    [
        (replace(ACCOUNT, generation=ACCOUNT.generation + 1), APP),
        (ACCOUNT, replace(APP, generation=APP.generation + 1)),
        (ACCOUNT, replace(APP, template=TemplateLink(ClientId("template"), "active", 1))),
    ],
)
def test_a24_a_new_password_and_a_changed_client_or_template_end_it(account: Account, app: Client) -> None:
    assert not stands(account=account, app=app)


def test_it_ends_at_the_second_of_its_end_and_a_lifetime_made_shorter_counts_at_once() -> None:
    assert stands(now=NOW + YEAR - 1)
    assert not stands(now=NOW + YEAR)
    assert stands(lifetime_s=60, now=NOW + 59)
    assert not stands(lifetime_s=60, now=NOW + 60)
    assert not stands(lifetime_s=2 * YEAR, now=NOW + YEAR)
    assert not stands(lifetime_s=0)


def test_generations_are_told_apart() -> None:
    swapped = replace(GIVEN, generations=Generations(client=ACCOUNT.generation, account=APP.generation))
    assert stands(swapped) is (ACCOUNT.generation == APP.generation)


def to_ask(*prompt: str, scope: tuple[str, ...] = ("openid",)) -> AuthorizationRequest:
    return asking(prompt=frozenset(prompt), scope=scope)


@pytest.mark.parametrize(
    ("app", "request_", "step", "lifetime_s", "recalled"),
    [
        (APP, to_ask(), Step(), YEAR, True),
        (APP, to_ask("none"), Step(), YEAR, True),
        (APP, to_ask("login"), Step(signed_in=True), YEAR, True),
        (APP, to_ask("consent"), Step(), YEAR, False),
        (APP, to_ask(), Step(confirmed=True), YEAR, False),
        (APP, to_ask(), Step(), 0, False),
        (APP, to_ask(scope=("dcr",)), Step(), YEAR, False),
        (client(), to_ask(), Step(), YEAR, False),
        (client(), to_ask("consent"), Step(), YEAR, False),
    ],
)
def test_an_earlier_consent_is_looked_for_only_where_the_person_would_be_asked(
    app: Client,
    request_: AuthorizationRequest,
    step: Step,
    lifetime_s: int,
    recalled: bool,  # noqa: FBT001 - a table's column
) -> None:
    policy = replace(POLICY, consent_lifetime_s=lifetime_s)
    assert may_recall_consent(app, request_, request_.scope, step=step, policy=policy) is recalled
