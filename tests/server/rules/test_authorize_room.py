"""Who is asked which device to remove, before another one is registered."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.authorization_request import AuthorizationRequest
from keyfob_protocol.errors import InteractionRequired
from keyfob_server.rules.authorize import (
    AskConfirmation,
    AskForRoom,
    AskPassword,
    Decision,
    IssueCode,
    Step,
    decide,
    may_meet_limits,
)
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.records import Client
from keyfob_server.rules.registration_limits import NoRoom, TooMany
from support_records import ACCOUNT, LIVE_SESSION, NOW, POLICY, SESSION, asking, client

OWN, REGISTRAR = client(), client(settings=ClientSettings(registration_client=True), owner=None, kind="static")
DEFAULT = ("openid", "profile")
OLD = LiveSession(replace(SESSION, authentication=replace(SESSION.authentication, auth_time=NOW - 301)), ACCOUNT)
FULL, PERHAPS = (
    NoRoom({None: TooMany("full", 3600, "live", 20)}, certain=True),
    NoRoom({None: TooMany("full", 3600, "live", 20)}, certain=False),
)
ASK_TO_REGISTER = AskConfirmation("register", ("dcr",), LIVE_SESSION)


def prompt(*values: str, **changes: Any) -> AuthorizationRequest:
    return asking(prompt=frozenset(values), **changes)


def decided(
    who: Client, request: AuthorizationRequest, session: LiveSession | None, step: Step, no_room: NoRoom | None
) -> Decision:
    return decide(
        who,
        request,
        session=session,
        subject="anna-id",
        hinted_subject=None,
        step=step,
        no_room=no_room,
        policy=POLICY,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("session", "step", "no_room", "decision"),
    [
        (LIVE_SESSION, Step(), FULL, AskForRoom(FULL, LIVE_SESSION)),
        (LIVE_SESSION, Step(signed_in=True), FULL, AskForRoom(FULL, LIVE_SESSION)),
        (LIVE_SESSION, Step(signed_in=True), PERHAPS, AskForRoom(PERHAPS, LIVE_SESSION)),
        (OLD, Step(), FULL, AskPassword()),
        (OLD, Step(asked_for_room=True), FULL, AskPassword()),
        (None, Step(), FULL, AskPassword()),
        (LIVE_SESSION, Step(asked_for_room=True), FULL, AskForRoom(FULL, LIVE_SESSION)),
        (LIVE_SESSION, Step(asked_for_room=True), None, ASK_TO_REGISTER),
        (LIVE_SESSION, Step(asked_for_room=True, without_room=True), PERHAPS, ASK_TO_REGISTER),
        (LIVE_SESSION, Step(asked_for_room=True, without_room=True), FULL, AskForRoom(FULL, LIVE_SESSION)),
        (LIVE_SESSION, Step(confirmed=True), FULL, IssueCode(("dcr",), LIVE_SESSION)),
    ],
)
def test_f21_without_room_the_person_is_asked_before_the_device_is_registered(
    session: LiveSession | None, step: Step, no_room: NoRoom | None, decision: Decision
) -> None:
    """The page stands behind the sign-in that `prompt=login` asks for, so nobody signs in again for its buttons."""
    for request in (asking(scope=("dcr",)), prompt("login", scope=("dcr",), max_age=0)):
        fresh = step.signed_in or step.asked_for_room or step.confirmed or request.max_age is None
        expected = decision if fresh else AskPassword()
        assert decided(REGISTRAR, request, session, step, no_room) == expected


def test_f21_silently_nobody_is_asked_for_room_and_an_app_in_use_needs_none() -> None:
    with pytest.raises(InteractionRequired):
        decided(REGISTRAR, prompt("none", scope=("dcr",)), LIVE_SESSION, Step(), FULL)
    assert decided(OWN, asking(), LIVE_SESSION, Step(), FULL) == IssueCode(DEFAULT, LIVE_SESSION)


@pytest.mark.parametrize(
    ("request_", "step", "worth"),
    [
        (asking(scope=("dcr",)), Step(), True),
        (asking(scope=("dcr",)), Step(signed_in=True), True),
        (asking(scope=("dcr",)), Step(asked_for_room=True, without_room=True), True),
        (asking(scope=("dcr",)), Step(confirmed=True), False),
        (asking(scope=("dcr",)), Step(retry=True), False),
        (asking(scope=("dcr",)), Step(switch=True), False),
        (prompt("none", scope=("dcr",)), Step(), False),
        (asking(), Step(), False),
    ],
)
def test_f21_the_room_is_read_only_where_somebody_may_be_asked(
    request_: AuthorizationRequest, step: Step, *, worth: bool
) -> None:
    assert may_meet_limits(request_, step) is worth
