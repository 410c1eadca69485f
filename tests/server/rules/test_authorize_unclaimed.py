"""What an instance without an owner gets, by who is signed in and what was asked."""

from dataclasses import replace

import pytest

from keyfob_protocol.errors import AccessDenied, ConsentRequired, LoginRequired
from keyfob_protocol.identifiers import AccountId
from keyfob_server.rules.authorize import AskConfirmation, AskPassword, Decision, IssueCode, Step, decide, is_unclaimed
from keyfob_server.rules.liveness import LiveSession
from support_records import LIVE_SESSION, NOW, POLICY, asking, client

UNCLAIMED = client(owner=None)
SCOPE = ("openid", "profile")
SILENT = frozenset({"none"})


def decided(step: Step, session: LiveSession | None = LIVE_SESSION, prompt: frozenset[str] = frozenset()) -> Decision:
    request = asking(prompt=prompt)
    return decide(
        UNCLAIMED,
        request,
        session=session,
        subject="anna-id",
        hinted_subject=None,
        step=step,
        consented=True,
        policy=POLICY,
        now=NOW,
    )


def test_only_an_instance_without_an_owner_is_unclaimed() -> None:
    assert is_unclaimed(UNCLAIMED)
    assert not is_unclaimed(client())
    assert not is_unclaimed(client(owner=None, kind="static"))


def test_nobody_signed_in_gives_the_password_first() -> None:
    assert decided(Step(), session=None) == AskPassword()
    with pytest.raises(LoginRequired):
        decided(Step(), session=None, prompt=SILENT)


@pytest.mark.parametrize("step", [Step(), Step(signed_in=True)])
def test_a_person_is_asked_whatever_was_allowed_before(step: Step) -> None:
    assert decided(step) == AskConfirmation("claim", SCOPE, LIVE_SESSION)


def test_after_the_click_there_is_a_code() -> None:
    assert decided(Step(confirmed=True)) == IssueCode(SCOPE, LIVE_SESSION)


def test_silence_is_consent_required() -> None:
    with pytest.raises(ConsentRequired):
        decided(Step(), prompt=SILENT)


def test_who_clicks_after_somebody_else_took_it_is_denied() -> None:
    other = replace(UNCLAIMED, owner=AccountId("ben-id"))
    with pytest.raises(AccessDenied):
        decide(
            other,
            asking(),
            session=LIVE_SESSION,
            subject="anna-id",
            hinted_subject=None,
            step=Step(confirmed=True),
            policy=POLICY,
            now=NOW,
        )
