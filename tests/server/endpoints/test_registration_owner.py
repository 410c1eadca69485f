"""What an app is told whose instance was not added, and what the person has by then."""

from dataclasses import replace

import pytest

from keyfob_protocol.errors import TooManyRequests
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.registration_owner import refuse_if_rivals_came_first
from keyfob_server.endpoints.registration_token import AuthorizedRegistration
from keyfob_server.rules.initial_tokens import InitialToken, Kind
from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.remote_address import NOWHERE
from support_app import Keyfob
from support_room import Serving


def authorized(keyfob: Keyfob, *, owner: str = "demouser", kind: Kind = "user") -> AuthorizedRegistration:
    """As it was judged before somebody else came."""
    store = keyfob.installation.store
    account = keyfob.run(store.find_sign_in(owner)).account
    facts = keyfob.run(
        store.initial_tokens.load_for_registration(
            client_id=None, account_id=None, grant=None, token_id="", template_id=None, reserved=None
        )
    )
    token = InitialToken("token-1", kind, None, ClientId("registration-client"), account, None, ())
    return AuthorizedRegistration(token, facts, ClientId("nobody-s"), spent=False, remote=NOWHERE)


def refusal(keyfob: Keyfob, asked: AuthorizedRegistration) -> tuple[str, int]:
    with pytest.raises(TooManyRequests) as refused:
        keyfob.run(refuse_if_rivals_came_first(keyfob.installation.services, asked, None))
    return refused.value.description, refused.value.retry_after_s


def test_f21_who_came_second_is_told_what_who_comes_later_is_told(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(max_instances_per_owner=1, max_new_per_day=0))
    keyfob.new_instance()
    told = ("this account has 1 registered devices; switch one off first, at /devices", 3600)
    assert refusal(keyfob, authorized(keyfob)) == told
    assert refusal(keyfob, authorized(keyfob, kind="issued")) == told


def test_f21_where_room_was_made_in_the_meantime_the_same_may_be_tried_again_at_once(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(max_instances_per_owner=1, max_new_per_day=0))
    assert refusal(keyfob, authorized(keyfob)) == ("this account registers other devices now", 1)


def test_nobody_s_instance_and_a_token_that_was_used_have_no_rivals_for_a_place(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(max_instances_per_owner=1, max_new_per_day=0))
    instance = keyfob.new_instance()
    used = replace(authorized(keyfob), client_id=ClientId(instance.client_id))
    for asked in (used, authorized(keyfob, owner="nobody")):
        keyfob.run(refuse_if_rivals_came_first(keyfob.installation.services, asked, None))
