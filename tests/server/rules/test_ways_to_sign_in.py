"""What a static client or a template says about signing in, and about PKCE."""

from dataclasses import replace

import pytest

from keyfob_protocol.errors import LoginRequired, UnmetAuthenticationRequirements
from keyfob_server.rules.authorize import AskPassword, Decision, IssueCode, Step, decide, pkce_required
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import PASSWORD_ACR
from support_records import LIVE_SESSION, NOW, POLICY, asking, client


def decided(*allowed: str, session_acr: str = PASSWORD_ACR, prompt: frozenset[str] = frozenset()) -> Decision:
    session = replace(
        LIVE_SESSION,
        session=replace(
            LIVE_SESSION.session, authentication=replace(LIVE_SESSION.session.authentication, acr=session_acr)
        ),
    )
    return decide(
        client(settings=ClientSettings(allowed_authenticators=allowed)),
        asking(prompt=prompt),
        session=session,
        subject="anna-id",
        hinted_subject=None,
        step=Step(),
        policy=POLICY,
        now=NOW,
    )


@pytest.mark.parametrize("allowed", [(), ("Username-Password",), (PASSWORD_ACR,), ("other", "Username-Password")])
def test_a_way_that_is_allowed_by_its_name_or_its_class_is_used(allowed: tuple[str, ...]) -> None:
    assert isinstance(decided(*allowed), IssueCode)


@pytest.mark.parametrize("allowed", [("other",), ("Password",), ("username-password",)])
def test_when_no_way_is_allowed_the_app_is_told_so(allowed: tuple[str, ...]) -> None:
    with pytest.raises(UnmetAuthenticationRequirements):
        decided(*allowed)


def test_who_signed_in_another_way_signs_in_again() -> None:
    assert decided("Username-Password", session_acr="urn:example:card") == AskPassword()
    with pytest.raises(LoginRequired):
        decided("Username-Password", session_acr="urn:example:card", prompt=frozenset({"none"}))


@pytest.mark.parametrize(
    ("application_type", "method", "setting", "required"),
    [
        ("web", "client_secret_basic", False, False),
        ("web", "client_secret_basic", True, True),
        ("web", "none", False, True),
        ("native", "client_secret_basic", False, True),
        ("native", "none", False, True),
    ],
)
def test_b1_pkce_is_lifted_for_confidential_web_clients_alone(
    application_type: str, method: str, *, setting: bool, required: bool
) -> None:
    who = client(
        metadata_application_type=application_type,
        metadata_token_endpoint_auth_method=method,
        settings=ClientSettings(require_pkce=setting),
    )
    assert pkce_required(who) is required
