"""How much a person, or a token, may register."""

from dataclasses import replace

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.initial_token_records import OwnerCounts
from keyfob_server.rules.initial_tokens import InitialToken
from keyfob_server.rules.new_initial_token import LONGEST_LIFE_S, MOST_USES, NewInitialToken, new_token_fault
from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.registration_limits import DAY_S, NoRoom, TooMany, foresee, over_limit
from keyfob_server.rules.registration_template import check_kind, permitted_template
from keyfob_server.rules.templates import Template

NOW = 1_800_000_000
POLICY = RegistrationPolicy(max_instances_per_owner=20, max_new_per_day=10)
METADATA = ClientMetadata(redirect_uris=("com.example.app:/cb",), scope=("openid",))
TOKEN = InitialToken("t", "user", ClientId("r"), ClientId("c"), None, None, ())
MINE, FOREIGN = (Template(ClientId(name), "active", 1, 1, METADATA) for name in ("mine", "foreign"))


@pytest.mark.parametrize(
    ("counts", "wait"),
    [
        (OwnerCounts(), None),
        (OwnerCounts(live=19, new=9, oldest_new=NOW - 100), None),
        (OwnerCounts(live=20), 3600),
        (OwnerCounts(live=21), 3600),
        (OwnerCounts(live=3, new=10, oldest_new=NOW - 100), DAY_S - 100),
        (OwnerCounts(live=3, new=10, oldest_new=NOW - DAY_S), 1),
        (OwnerCounts(live=20, new=10, oldest_new=NOW - 100), DAY_S - 100),
        (OwnerCounts(live=20, new=9, oldest_new=NOW - 100), 3600),
    ],
)
def test_f21_a_person_has_so_many_and_registers_so_many_a_day(counts: OwnerCounts, wait: int | None) -> None:
    refused = over_limit(counts, POLICY, now=NOW)
    assert (refused.retry_after_s if refused else None) == wait


def test_f21_nought_is_no_limit() -> None:
    unlimited = replace(POLICY, max_instances_per_owner=0, max_new_per_day=0)
    assert over_limit(OwnerCounts(live=10**6, new=10**6, oldest_new=NOW), unlimited, now=NOW) is None


FULL, RUSHED, FREE = OwnerCounts(live=20), OwnerCounts(live=3, new=10, oldest_new=NOW - 100), OwnerCounts(live=19)
BOTH = OwnerCounts(live=20, new=10, oldest_new=NOW - 200)
A, B = ClientId("a"), ClientId("b")
PLAIN_ONLY, TEMPLATES_ONLY = replace(POLICY, templatized=False), replace(POLICY, non_templatized=False)


@pytest.mark.parametrize(
    ("counted", "templates", "policy", "handed_out", "refused", "certain"),
    [
        # what an app will name is not known: with room for anything it may go on
        ({None: FULL}, [A], POLICY, (), {None}, False),
        ({None: FULL}, [], POLICY, (), {None}, True),
        ({None: FULL}, None, POLICY, (), {None}, False),
        ({None: FULL}, None, PLAIN_ONLY, (), {None}, True),
        ({None: FULL, A: FULL}, [A], POLICY, (), {None, A}, True),
        ({None: FULL, A: RUSHED}, [A], POLICY, (), {None, A}, True),
        ({None: FULL, A: FULL}, [A, B], POLICY, (), {None, A}, False),
        ({None: FULL, A: FULL}, [A, B], POLICY, ("a",), {None, A}, True),
        ({None: FULL, A: FULL}, None, POLICY, ("a",), {None, A}, True),
        ({None: FULL, A: FULL}, None, POLICY, ("a", "b"), {None, A}, False),
        ({None: FREE, A: FULL}, [A], TEMPLATES_ONLY, (), {A}, True),
        ({None: FREE, A: FULL, B: FREE}, [A, B], POLICY, (), {A}, False),
        # what cannot be asked for is no matter
        ({None: FULL, A: FREE}, [A], TEMPLATES_ONLY, (), set(), False),
        ({A: FULL}, [A], PLAIN_ONLY, (), set(), False),
        ({A: FULL}, [A, B], POLICY, ("b",), set(), False),
        ({A: FULL}, [B], POLICY, (), set(), False),
        ({None: FULL}, [A], replace(POLICY, enabled=False), (), set(), False),
        ({None: FULL}, [A], replace(POLICY, authenticate="client"), (), set(), False),
        ({None: FULL}, [], replace(POLICY, authenticate="both"), (), {None}, True),
        ({None: FREE, A: FREE}, [A, B], POLICY, (), set(), False),
        ({}, [A], POLICY, (), set(), False),
    ],
)
def test_f21_what_a_registration_will_meet_is_foreseen_as_far_as_it_is_known(  # noqa: PLR0917 - a table's columns
    counted: dict[ClientId | None, OwnerCounts],
    templates: list[ClientId] | None,
    policy: RegistrationPolicy,
    handed_out: tuple[str, ...],
    refused: set[ClientId | None],
    certain: bool,  # noqa: FBT001 - a table's column
) -> None:
    found = foresee(counted, templates, policy, handed_out=handed_out, now=NOW)
    assert (set(found.refused) if found else set(), found is not None and found.certain) == (refused, certain)
    if found is not None:
        assert found.refused == {name: over_limit(counted[name], policy, now=NOW) for name in refused}


def test_f21_only_where_switching_off_helps_a_device_is_offered_for_removal() -> None:
    found = foresee({None: FULL, A: RUSHED, B: BOTH}, [A, B], POLICY, handed_out=(), now=NOW)
    assert found is not None
    assert found.full == (None,)
    assert found.first("live") == TooMany(
        "this account has 20 registered devices; switch one off first, at /devices", 3600, "live", 20
    )
    assert found.first("new") == TooMany("this account registered 10 devices within 24 hours", DAY_S - 200, "new", 10)
    assert NoRoom({}, certain=False).first("new") is None


def test_f9_a_template_that_may_not_be_used_is_as_one_that_is_not_there() -> None:
    limited = replace(TOKEN, templates=("mine",))
    assert permitted_template(limited, MINE) == MINE
    assert permitted_template(limited, FOREIGN) is None
    assert permitted_template(limited, None) is None
    assert permitted_template(TOKEN, FOREIGN) == FOREIGN


def test_f9_a_token_of_a_template_is_for_that_one() -> None:
    bound = replace(TOKEN, template=ClientId("mine"))
    assert permitted_template(bound, MINE) == MINE
    for named in (FOREIGN, None):
        with pytest.raises(InvalidClientMetadata):
            permitted_template(bound, named)


@pytest.mark.parametrize(
    ("new", "good"),
    [
        (NewInitialToken(), True),
        (NewInitialToken(uses=None, lifetime_s=LONGEST_LIFE_S, note="for the shop's tablets"), True),
        (NewInitialToken(uses=MOST_USES, redirect_uris=("com.example.app:/cb",)), True),
        (NewInitialToken(uses=MOST_USES + 1), False),
        (NewInitialToken(uses=0), False),
        (NewInitialToken(lifetime_s=LONGEST_LIFE_S + 1), False),
        (NewInitialToken(lifetime_s=59), False),
        (NewInitialToken(note="x" * 201), False),
        (NewInitialToken(note="\u202e"), False),
        (NewInitialToken(redirect_uris=("http://example.com/",)), False),
        (NewInitialToken(redirect_uris=("com.example.app:/cb",) * 21), False),
    ],
)
def test_what_an_administrator_may_issue(new: NewInitialToken, *, good: bool) -> None:
    assert (new_token_fault(new) is None) is good


def test_each_kind_of_registration_can_be_switched_off() -> None:
    template = Template(ClientId("app"), "active", 1, 1, ClientMetadata(redirect_uris=(), scope=()))
    check_kind(RegistrationPolicy(), template)
    check_kind(RegistrationPolicy(), None)
    with pytest.raises(InvalidClientMetadata, match="other registrations"):
        check_kind(RegistrationPolicy(non_templatized=False), None)
    with pytest.raises(InvalidClientMetadata, match="by a template"):
        check_kind(RegistrationPolicy(templatized=False), template)
