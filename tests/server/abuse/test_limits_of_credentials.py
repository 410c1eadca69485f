"""Who tries secrets and tokens is told to wait; who has the right one never is, not even beside who tries."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.limits import LimitsPolicy
from keyfob_server.rules.policy import Paths
from support_app import BASE, REGISTER, SEED_REQUEST, TOKEN, Instance, Keyfob, basic, bearer, running_keyfob
from support_attempts import at
from support_management import managed
from support_sql import records

JUNK = {"grant_type": "refresh_token", "refresh_token": "junk"}
INTROSPECT, REVOKE = Paths().introspect, Paths().revoke
WRONG = "x" * 43
UNKNOWN = "018f0000-0000-7000-8000-000000000000"
TOO_MANY = {"error": "temporarily_unavailable", "error_description": "too many failed attempts; wait before the next"}

Send = Callable[[Keyfob, str], httpx.Response]
"""One request with this secret."""


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def here(keyfob: Keyfob, request: pytest.FixtureRequest) -> Keyfob:
    """From an address that no other test uses."""
    return at(keyfob, f"198.51.100.{abs(hash(request.node.name)) % 250 + 1}")


@pytest.fixture
def there(keyfob: Keyfob) -> Keyfob:
    return at(keyfob, "203.0.113.200")


def at_token(client_id: str) -> Send:
    return lambda keyfob, secret: keyfob.token(JUNK, basic(client_id, secret))


def statuses(send: Send, keyfob: Keyfob, secret: str, times: int) -> list[int]:
    return [send(keyfob, secret).status_code for _ in range(times)]


def told_to_wait(answer: httpx.Response, at_most_s: int = 30) -> None:
    assert (answer.status_code, answer.json()) == (429, TOO_MANY)
    assert 1 <= int(answer.headers["retry-after"]) <= at_most_s
    assert answer.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in answer.headers


def test_d7_after_twenty_wrong_secrets_a_client_id_is_answered_429_at_that_address(
    keyfob: Keyfob, here: Keyfob, there: Keyfob
) -> None:
    instance = keyfob.new_instance()
    before = records(keyfob.database)
    send = at_token(instance.client_id)
    assert statuses(send, here, WRONG, 20) == [401] * 20
    told_to_wait(send(here, WRONG))
    assert statuses(send, there, WRONG, 1) == [401]
    assert statuses(at_token(keyfob.new_instance().client_id), here, WRONG, 1) == [401]
    assert records(keyfob.database)["delegations"][: len(before["delegations"])] == before["delegations"]


def test_d7_the_right_secret_is_taken_meanwhile_from_the_same_address_and_from_another(
    keyfob: Keyfob, here: Keyfob, there: Keyfob
) -> None:
    instance = keyfob.new_instance()
    send = at_token(instance.client_id)
    statuses(send, here, WRONG, 30)
    for place in (here, there):
        answer = send(place, instance.client_secret)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    told_to_wait(send(here, WRONG))


def test_d7_one_more_failure_is_looked_at_for_each_that_aged(keyfob: Keyfob, here: Keyfob) -> None:
    send = at_token(keyfob.new_instance().client_id)
    statuses(send, here, WRONG, 25)
    keyfob.clock.forward(30)
    assert statuses(send, here, WRONG, 2) == [401, 429]


def test_d7_an_unknown_client_is_answered_as_a_known_one(here: Keyfob) -> None:
    assert statuses(at_token(UNKNOWN), here, WRONG, 21) == [401] * 20 + [429]


def test_d7_all_endpoints_that_take_a_clients_secret_count_together(keyfob: Keyfob, here: Keyfob) -> None:
    client_id = keyfob.new_instance().client_id
    wrong = basic(client_id, WRONG)
    for _ in range(7):
        here.token(JUNK, wrong)
        for path in (INTROSPECT, REVOKE):
            here.request("POST", path, data={"token": "junk"}, headers=wrong)
    for path in (TOKEN, INTROSPECT, REVOKE):
        told_to_wait(here.request("POST", path, data=JUNK | {"token": "junk"}, headers=wrong))


def test_d7_neighbours_in_an_ipv6_network_count_as_one_and_other_networks_do_not(keyfob: Keyfob) -> None:
    send = at_token(keyfob.new_instance().client_id)
    network = [at(keyfob, f"2001:db8:7:7::{number:x}") for number in range(1, 22)]
    assert [send(place, WRONG).status_code for place in network] == [401] * 20 + [429]
    assert send(at(keyfob, "2001:db8:7:8::1"), WRONG).status_code == 401


def test_d19_failures_at_introspection_are_told_to_wait(keyfob: Keyfob, here: Keyfob) -> None:
    wrong = basic(keyfob.new_instance().client_id, WRONG)
    answers = [here.request("POST", INTROSPECT, data={"token": "junk"}, headers=wrong) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """Where little is enough."""
    policy = demo_policy(BASE)
    limits = LimitsPolicy(introspection_misses=5, address_failures=40, client_failures=1000)
    with running_keyfob(
        tmp_path_factory.mktemp("strict"),
        policy=type(policy)(BASE, limits=limits, registration_client=policy.registration_client),
    ) as running:
        yield running


def test_d19_who_asks_about_junk_is_told_to_wait_and_still_told_about_tokens(strict: Keyfob) -> None:
    instance, here = strict.new_instance(), at(strict, "198.51.100.1")
    tokens, headers = strict.tokens(instance), basic(instance.client_id, instance.client_secret)

    def ask(token: str) -> httpx.Response:
        return here.request("POST", INTROSPECT, data={"token": token}, headers=headers)

    assert [ask(f"junk {number}").status_code for number in range(7)] == [200] * 5 + [429] * 2
    assert ask(tokens.access_token).json()["active"] is True
    assert ask(tokens.refresh_token).json() == {"active": False}


def test_d7_from_an_address_that_floods_nothing_is_looked_at_until_it_is_over(strict: Keyfob) -> None:
    instance, here, there = strict.new_instance(), at(strict, "198.51.100.77"), at(strict, "198.51.100.78")
    right = at_token(instance.client_id)
    for number in range(40):
        assert at_token(f"made up {number}")(here, WRONG).status_code == 401
    told_to_wait(right(here, instance.client_secret))
    told_to_wait(here.register("junk"))
    told_to_wait(here.request("GET", f"{REGISTER}/{instance.client_id}", headers=bearer("junk")))
    assert right(there, instance.client_secret).status_code == 400
    strict.clock.forward(60)
    assert right(here, instance.client_secret).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_g13_after_twenty_wrong_registration_tokens_the_address_is_told_to_wait_and_the_right_one_is_taken(
    keyfob: Keyfob, here: Keyfob, there: Keyfob, method: str
) -> None:
    mine = managed(keyfob)
    body = {"json": {"client_id": mine.instance.client_id}} if method == "PUT" else {}

    def send(place: Keyfob, token: str) -> httpx.Response:
        return place.request(method, mine.path, headers=bearer(token), **body)

    assert statuses(send, here, WRONG, 20) == [401] * 20
    told_to_wait(send(here, WRONG))
    assert send(there, WRONG).status_code == 401
    assert here.request("GET", mine.path, headers=bearer(mine.token)).status_code == 200


def test_g13_a_registration_that_does_not_exist_is_answered_as_one_that_does(here: Keyfob) -> None:
    def send(place: Keyfob, token: str) -> httpx.Response:
        return place.request("GET", f"{REGISTER}/{UNKNOWN}", headers=bearer(token))

    assert statuses(send, here, WRONG, 21) == [401] * 20 + [429]


def test_f1_junk_in_the_place_of_an_initial_token_is_told_to_wait_and_a_good_one_is_taken(
    keyfob: Keyfob, here: Keyfob
) -> None:
    assert [here.register(f"junk-{number}").status_code for number in range(21)] == [401] * 20 + [429]
    assert here.register(keyfob.initial_token()).status_code == 201


def test_f3_a_spent_initial_token_is_told_to_wait_before_anything_is_read(keyfob: Keyfob, here: Keyfob) -> None:
    spent = keyfob.initial_token()
    answers = [here.register(spent, SEED_REQUEST).status_code for _ in range(23)]
    assert answers == [201] + [401] * 20 + [429] * 2
    assert here.register(keyfob.initial_token()).status_code == 201
