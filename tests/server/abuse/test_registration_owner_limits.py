"""How many devices one person registers, whatever script does it."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.new_initial_token import NewInitialToken
from keyfob_server.rules.policy import RegistrationPolicy
from support_app import BASE, REGISTER, SEED_REQUEST, Keyfob, bearer, running_keyfob
from support_initial_tokens import KEY, client_token, issued, post, put_template, registered
from support_room import insisting_token
from support_sql import change, records

DAY = 86400


@pytest.fixture
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    limits = RegistrationPolicy(authenticate="both", max_instances_per_owner=5, max_new_per_day=3)
    policy = replace(demo_policy(BASE), registration=limits)
    with running_keyfob(tmp_path_factory.mktemp("keyfob"), policy=policy) as running:
        yield running


def is_too_many(answer: httpx.Response) -> int:
    """The seconds to wait."""
    assert answer.status_code == 429, answer.text
    assert answer.json()["error"] == "temporarily_unavailable"
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["retry-after"])


def test_f21_the_fourth_device_of_a_day_waits_until_the_first_is_a_day_old(limited: Keyfob) -> None:
    for _ in range(3):
        registered(post(limited, limited.initial_token()))
        limited.clock.forward(100)
    before = records(limited.database)["dynamically_registered_clients"]
    token = insisting_token(limited)
    wait = is_too_many(post(limited, token))
    assert wait == DAY - 300
    assert records(limited.database)["dynamically_registered_clients"] == before
    limited.clock.forward(wait)
    registered(post(limited, limited.initial_token()))


def test_f21_a_person_has_so_many_devices_until_one_is_switched_off(limited: Keyfob) -> None:
    instances = []
    for number in range(5):
        instances.append(registered(post(limited, limited.initial_token())))
        if number == 2:
            limited.clock.forward(DAY)
    limited.clock.forward(DAY)
    text = "update dynamically_registered_clients set status = ? where client_id = ?"
    change(limited.database, text, "inactive", instances[0].client_id)
    assert is_too_many(post(limited, insisting_token(limited))) > 0
    change(limited.database, text, "revoked", instances[0].client_id)
    registered(post(limited, limited.initial_token()))


def test_f21_a_refusal_does_not_spend_the_token(limited: Keyfob) -> None:
    for _ in range(3):
        registered(post(limited, limited.initial_token()))
    token = issued(limited, NewInitialToken(user_name="demouser", lifetime_s=2 * DAY)).token
    limited.clock.forward(1)
    wait = is_too_many(post(limited, token))
    limited.clock.forward(wait)
    registered(post(limited, token))


def test_f21_of_many_who_register_at_once_as_many_find_a_place_as_there_are(limited: Keyfob) -> None:
    """The others are told the same as if they had come later, and may use their tokens then."""
    registered(post(limited, limited.initial_token()))
    tokens = [limited.initial_token() for _ in range(8)]
    sent = [("POST", REGISTER, {"json": SEED_REQUEST, "headers": bearer(token)}) for token in tokens]
    answers = limited.together(sent)
    assert sorted(answer.status_code for answer in answers) == [201] * 2 + [429] * 6
    refused = [token for token, answer in zip(tokens, answers, strict=True) if answer.status_code == 429]
    assert [is_too_many(answer) for answer in answers if answer.status_code == 429] == [DAY] * 6
    change(limited.database, "update dynamically_registered_clients set created = created - ?", DAY)
    registered(post(limited, refused[0]))


def test_f21_switching_devices_off_does_not_make_room_for_more_of_them_today(limited: Keyfob) -> None:
    for _ in range(3):
        instance = registered(post(limited, limited.initial_token()))
        text = "update dynamically_registered_clients set status = 'revoked' where client_id = ?"
        change(limited.database, text, instance.client_id)
    assert is_too_many(post(limited, insisting_token(limited))) > 0


def test_f21_each_template_and_what_has_none_are_counted_apart(limited: Keyfob) -> None:
    template = put_template(limited, "counted-apart")
    for _ in range(3):
        registered(post(limited, limited.initial_token()))
    assert is_too_many(post(limited, insisting_token(limited))) > 0
    for _ in range(3):
        registered(post(limited, insisting_token(limited), {"software_id": template}))
    assert is_too_many(post(limited, insisting_token(limited), {"software_id": template})) > 0
    unknown = SEED_REQUEST | {"software_id": "no-template-of-that-name"}
    assert is_too_many(post(limited, insisting_token(limited), unknown)) > 0


def test_f21_instances_of_nobody_and_of_other_people_count_for_nobody_else(limited: Keyfob) -> None:
    token = issued(limited, NewInitialToken(uses=None)).token
    for _ in range(6):
        registered(post(limited, token))
    registered(post(limited, client_token(limited)))
    registered(post(limited, limited.initial_token()))


def test_f21_a_lost_answer_is_given_again_though_the_person_has_as_many_as_may_be(limited: Keyfob) -> None:
    for _ in range(2):
        registered(post(limited, limited.initial_token()))
    token = limited.initial_token()
    first = post(limited, token, key=KEY)
    assert first.status_code == 201
    assert post(limited, token, key=KEY).content == first.content
    assert is_too_many(post(limited, insisting_token(limited), key=KEY)) > 0


def test_f21_nought_in_the_settings_is_no_limit(tmp_path_factory: pytest.TempPathFactory) -> None:
    unlimited = RegistrationPolicy(max_instances_per_owner=0, max_new_per_day=0)
    policy = replace(demo_policy(BASE), registration=unlimited)
    with running_keyfob(tmp_path_factory.mktemp("keyfob"), policy=policy) as keyfob:
        for _ in range(21):
            registered(post(keyfob, keyfob.initial_token()))
