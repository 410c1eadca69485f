"""What an authorization request gets, by who is signed in and what was asked."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.authorization_request import AuthorizationRequest
from keyfob_protocol.errors import (
    AccessDenied,
    ConsentRequired,
    InteractionRequired,
    InvalidRequest,
    InvalidScope,
    LoginRequired,
    ProtocolError,
    UnauthorizedClient,
)
from keyfob_protocol.identifiers import AccountId
from keyfob_server.rules.authorize import (
    AskConfirmation,
    AskPassword,
    Decision,
    IssueCode,
    Step,
    check_client,
    check_request,
    decide,
    granted_scope,
)
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.records import Client
from keyfob_server.rules.redirect_target import RedirectTarget, resolve_redirect
from support_records import ACCOUNT, LIVE_SESSION, NOW, POLICY, REDIRECT, SESSION, asking, client

OWN, REGISTRAR = client(), client(settings=ClientSettings(registration_client=True), owner=None, kind="static")
DEFAULT = ("openid", "profile")
OTHER = LiveSession(replace(SESSION, account_id=AccountId("ben-id")), replace(ACCOUNT, id=AccountId("ben-id")))
OLD = LiveSession(replace(SESSION, authentication=replace(SESSION.authentication, auth_time=NOW - 301)), ACCOUNT)
TARGET = RedirectTarget(REDIRECT, stated=True, open_before_sign_in=True, registered=REDIRECT)
WEB_TARGET = replace(TARGET, uri="https://app.example/cb", registered="https://app.example/cb")


def prompt(*values: str, **changes: Any) -> AuthorizationRequest:
    return asking(prompt=frozenset(values), **changes)


def decided(
    who: Client,
    request: AuthorizationRequest,
    session: LiveSession | None = LIVE_SESSION,
    step: Step | None = None,
    hinted: str | None = None,
) -> Decision:
    return decide(
        who,
        request,
        session=session,
        subject="anna-id",
        hinted_subject=hinted,
        step=step or Step(),
        policy=POLICY,
        now=NOW,
    )


DECISIONS = [
    (OWN, asking(), None, Step(), AskPassword()),
    (OWN, asking(), LIVE_SESSION, Step(), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, prompt("none"), LIVE_SESSION, Step(), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, prompt("login"), LIVE_SESSION, Step(), AskPassword()),
    (OWN, prompt("select_account"), LIVE_SESSION, Step(), AskPassword()),
    (OWN, prompt("login"), LIVE_SESSION, Step(signed_in=True), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, asking(max_age=100), LIVE_SESSION, Step(), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, asking(max_age=99), LIVE_SESSION, Step(), AskPassword()),
    (OWN, asking(max_age=0), LIVE_SESSION, Step(signed_in=True), IssueCode(DEFAULT, LIVE_SESSION)),
    (client(metadata_default_max_age=99), asking(), LIVE_SESSION, Step(), AskPassword()),
    (client(metadata_default_max_age=99), asking(max_age=500), LIVE_SESSION, Step(), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, asking(), LIVE_SESSION, Step(retry=True), AskPassword()),
    (OWN, asking(), LIVE_SESSION, Step(switch=True), AskPassword()),
    (OWN, asking(), OTHER, Step(), AskPassword(other_owner=True)),
    (OWN, prompt("consent"), LIVE_SESSION, Step(), AskConfirmation("consent", DEFAULT, LIVE_SESSION)),
    (OWN, prompt("consent"), LIVE_SESSION, Step(confirmed=True), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, prompt("login", "consent"), LIVE_SESSION, Step(confirmed=True), IssueCode(DEFAULT, LIVE_SESSION)),
    (OWN, prompt("login", "consent"), LIVE_SESSION, Step(), AskPassword()),
    (
        client(metadata_requires_consent=True),
        asking(),
        LIVE_SESSION,
        Step(),
        AskConfirmation("consent", DEFAULT, LIVE_SESSION),
    ),
    (REGISTRAR, asking(scope=("dcr",)), None, Step(), AskPassword()),
    (
        REGISTRAR,
        asking(scope=("dcr",)),
        LIVE_SESSION,
        Step(),
        AskConfirmation("register", ("dcr",), LIVE_SESSION),
    ),
    (REGISTRAR, asking(scope=("dcr",)), OLD, Step(), AskPassword()),
    (REGISTRAR, asking(scope=("dcr",)), OLD, Step(confirmed=True), AskPassword()),
    (REGISTRAR, asking(scope=("dcr",)), LIVE_SESSION, Step(confirmed=True), IssueCode(("dcr",), LIVE_SESSION)),
    (REGISTRAR, asking(scope=("dcr",)), LIVE_SESSION, Step(signed_in=True), IssueCode(("dcr",), LIVE_SESSION)),
    (REGISTRAR, prompt("login", scope=("dcr",)), LIVE_SESSION, Step(), AskPassword()),
]


@pytest.mark.parametrize(("who", "request_", "session", "step", "decision"), DECISIONS)
def test_each_request_gets_its_decision(
    who: Client, request_: AuthorizationRequest, session: LiveSession | None, step: Step, decision: Decision
) -> None:
    assert decided(who, request_, session, step) == decision


REFUSALS = [
    (OWN, prompt("none"), None, Step(), LoginRequired),
    (OWN, prompt("none", max_age=1), LIVE_SESSION, Step(), LoginRequired),
    (OWN, prompt("none"), OTHER, Step(), AccessDenied),
    (OWN, asking(), OTHER, Step(signed_in=True), AccessDenied),
    (OWN, prompt("none", login_hint="ben"), LIVE_SESSION, Step(), LoginRequired),
    (client(metadata_requires_consent=True), prompt("none"), LIVE_SESSION, Step(), ConsentRequired),
    (REGISTRAR, prompt("none", scope=("dcr",)), LIVE_SESSION, Step(), InteractionRequired),
    (REGISTRAR, prompt("none", scope=("dcr",)), None, Step(), InteractionRequired),
]


@pytest.mark.parametrize(("who", "request_", "session", "step", "error"), REFUSALS)
def test_each_refusal_has_its_error(
    who: Client,
    request_: AuthorizationRequest,
    session: LiveSession | None,
    step: Step,
    error: type[ProtocolError],
) -> None:
    with pytest.raises(error):
        decided(who, request_, session, step)


def test_an_id_token_hint_for_another_person_asks_for_the_password() -> None:
    assert decided(OWN, asking(), hinted="ben-id") == AskPassword()
    assert decided(OWN, asking(), hinted="anna-id") == IssueCode(DEFAULT, LIVE_SESSION)


@pytest.mark.parametrize(("request_", "step"), [(prompt("none"), Step()), (asking(), Step(signed_in=True))])
def test_an_id_token_hint_for_another_person_is_refused_when_nobody_can_be_asked(
    request_: AuthorizationRequest, step: Step
) -> None:
    with pytest.raises(LoginRequired):
        decided(OWN, request_, step=step, hinted="ben-id")


@pytest.mark.parametrize(
    ("who", "scope"),
    [
        (OWN, ("dcr",)),
        (OWN, ("openid", "dcr")),
        (OWN, ("openid", "admin")),
        (client(metadata_scope=("openid", "dcr")), ("dcr",)),
        (client(metadata_scope=()), ()),
    ],
)
def test_scope_outside_the_registration_is_refused(who: Client, scope: tuple[str, ...]) -> None:
    with pytest.raises(InvalidScope):
        granted_scope(who, asking(scope=scope), POLICY)


@pytest.mark.parametrize(
    ("status", "told"), [("inactive", "inactive"), ("revoked", "revoked"), ("deleted", "deleted"), ("odd", "inactive")]
)
def test_a_client_that_is_not_active_is_unauthorized_and_told_why(status: str, told: str) -> None:
    with pytest.raises(UnauthorizedClient) as caught:
        check_client(client(status=status))
    assert caught.value.client_status == told


@pytest.mark.parametrize("changes", [{"metadata_grant_types": ("refresh_token",)}, {"metadata_response_types": ()}])
def test_a_client_without_the_code_flow_is_unauthorized(changes: dict[str, Any]) -> None:
    check_client(OWN)
    with pytest.raises(UnauthorizedClient, match="not registered"):
        check_client(client(**changes))


def test_a13_openid_needs_a_stated_redirect_uri() -> None:
    check_request(OWN, asking(), TARGET, POLICY)
    check_request(OWN, asking(scope=("profile",)), replace(TARGET, stated=False), POLICY)
    with pytest.raises(InvalidRequest, match="redirect_uri is required"):
        check_request(OWN, asking(), replace(TARGET, stated=False), POLICY)


@pytest.mark.parametrize("prompt", [frozenset[str](), frozenset({"none"})])
def test_a24_who_allowed_it_before_is_not_asked_again(prompt: frozenset[str]) -> None:
    careful, request = client(metadata_requires_consent=True), asking(prompt=prompt)
    decision = decide(
        careful,
        request,
        session=LIVE_SESSION,
        subject="anna-id",
        hinted_subject=None,
        step=Step(),
        consented=True,
        policy=POLICY,
        now=NOW,
    )
    assert decision == IssueCode(DEFAULT, LIVE_SESSION)


def test_a_form_is_posted_to_web_addresses_only() -> None:
    check_request(OWN, asking(response_mode="form_post"), WEB_TARGET, POLICY)
    with pytest.raises(InvalidRequest, match="form_post"):
        check_request(OWN, asking(response_mode="form_post"), TARGET, POLICY)


LOOPBACK, WEB = "http://127.0.0.1/cb", "https://app.example/cb"
TWO = client(metadata_redirect_uris=(REDIRECT, LOOPBACK))


@pytest.mark.parametrize(
    ("who", "presented", "target"),
    [
        (OWN, REDIRECT, TARGET),
        (OWN, None, replace(TARGET, stated=False)),
        (OWN, REDIRECT + "/", None),
        (TWO, None, None),
        (TWO, "http://127.0.0.1:4711/cb", RedirectTarget("http://127.0.0.1:4711/cb", True, True, LOOPBACK)),  # noqa: FBT003 - a row
        (replace(TWO, settings=ClientSettings(any_loopback_port=False)), "http://127.0.0.1:4711/cb", None),
        (client(metadata_redirect_uris=(LOOPBACK,), metadata_application_type="web"), "http://127.0.0.1:1/cb", None),
        (client(metadata_redirect_uris=(WEB,)), WEB, RedirectTarget(WEB, True, False, WEB)),  # noqa: FBT003 - a row
        (client(metadata_redirect_uris=(WEB,), kind="static"), WEB, RedirectTarget(WEB, True, True, WEB)),  # noqa: FBT003 - a row
    ],
)
def test_a_redirect_goes_only_where_it_is_proved_to_belong(
    who: Client, presented: str | None, target: RedirectTarget | None
) -> None:
    assert resolve_redirect(who, presented, POLICY) == target
