"""The bench itself, small, with real servers: what it says to them is answered as each operation asks."""

from collections.abc import Iterator
from itertools import islice

import httpx
import pytest

from keyfob_bench.contestant import Operation, Running
from keyfob_bench.crowd import Crowd
from keyfob_bench.goals import GROWING
from keyfob_bench.growth import Loaded, start_grown
from keyfob_bench.load import drive
from keyfob_bench.messages import basic
from keyfob_bench.postgres import Postgres
from keyfob_bench.soak import soak

pytestmark = pytest.mark.slow

INSTANCES = 400
# what a server need not have, and what only a crowd of instances says
ASKED = [one for one in Operation if one not in {Operation.REGISTER_KEY, Operation.CLIENT_AUTHENTICATION}]
CORE = 0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    started = Postgres(CORE)
    try:
        yield started
    finally:
        started.close()
    assert not started.folder.exists()


@pytest.fixture(scope="module")
def loaded(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    found = start_grown(tmp_path_factory.mktemp("grown"), CORE, postgres, INSTANCES, print)
    try:
        yield found
    finally:
        found.crowd.close()


def answered(running: Running, operation: Operation) -> bool:
    """Whether it is completed, with right answers alone; some take a while on a busy machine."""
    for seconds in (0.1, 1, 5):
        script = running.script(operation, 0)
        assert script is not None
        if drive(running.address, [script], seconds, warm_up_s=0).latencies:
            return True
    return False


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes"])
def test_the_postgresql_that_is_measured_loses_nothing(postgres: Postgres, setting: str) -> None:
    assert postgres.sql("postgres", f"show {setting}").strip() == "on"


def test_the_password_of_the_postgresql_is_asked_for_by_tcp_alone(postgres: Postgres) -> None:
    lines = postgres.sql("postgres", "select type, auth_method from pg_hba_file_rules").split()
    assert {one for one in lines if one.startswith("local")} == {"local|trust"}
    assert {one for one in lines if one.startswith("host|")} == {"host|scram-sha-256"}


@pytest.mark.parametrize("operation", ASKED)
def test_keyfob_answers_every_operation_as_it_asks(loaded: Loaded, operation: Operation) -> None:
    assert answered(loaded.node.server, operation)


def test_a_server_that_takes_no_keys_is_not_asked_to(loaded: Loaded) -> None:
    server = loaded.node.server
    known = httpx.get(f"http://127.0.0.1:{server.address[1]}{server.provider.discovery}").json()
    takes = "private_key_jwt" in known["token_endpoint_auth_methods_supported"]
    assert (server.script(Operation.REGISTER_KEY, 0) is not None) == takes


def test_the_memory_at_rest_was_looked_at(loaded: Loaded) -> None:
    assert 20 < loaded.node.server.at_rest_mib < 200


@pytest.mark.parametrize("operation", GROWING)
def test_every_loaded_instance_can_speak(loaded: Loaded, operation: Operation) -> None:
    assert answered(loaded.crowd, operation)


def test_a_refresh_token_of_a_loaded_row_brings_its_successor(loaded: Loaded) -> None:
    crowd = loaded.crowd
    # not one of those that the crowd comes to
    number = crowd.instances - 1
    times = crowd.rotated.get(number, 0)
    crowd.rotated[number] = times + 1
    form = {"grant_type": "refresh_token", "refresh_token": crowd.population.refresh_token(number, times)}
    answer = _post(crowd, "token_endpoint", form, number)
    assert answer.status_code == 200, answer.text
    assert answer.json()["refresh_token"] == crowd.population.refresh_token(number, times + 1)


def test_a_loaded_instance_is_refused_with_another_ones_secret_and_when_it_was_killed(loaded: Loaded) -> None:
    crowd = loaded.crowd
    form = {"token": "no-token"}
    population = crowd.population
    path = crowd.server.provider.endpoints["revocation_endpoint"]
    url = f"http://127.0.0.1:{crowd.address[1]}{path}"
    foreign = basic(population.client_id(1), population.secret(2))
    assert httpx.post(url, data=form, headers=foreign).status_code == 401
    killed = {"grant_type": "refresh_token", "refresh_token": population.refresh_token(INSTANCES - 1, 0)}
    answer = _post(crowd, "token_endpoint", killed, INSTANCES - 1)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_the_loader_tells_bytes_and_the_time_of_each_act(loaded: Loaded) -> None:
    assert loaded.facts.instances == INSTANCES
    assert 500 < loaded.facts.bytes_per_instance < 10_000
    assert len(loaded.facts.acts) == 6
    assert all(0 < middle <= slow for middle, slow in loaded.facts.acts.values())


def test_a_long_load_tells_what_the_node_needs(loaded: Loaded) -> None:
    (window,) = islice(soak(loaded.crowd, 1.0), 1)
    assert window.rate > 0
    assert 20 < window.mib < 400


def test_numbers_of_a_crowd_come_all_before_any_comes_again(loaded: Loaded) -> None:
    crowd = Crowd(loaded.crowd.server, loaded.crowd.population, 97)
    assert sorted(crowd.next() for _ in range(97)) == list(range(97))


def _post(crowd: Crowd, endpoint: str, form: dict[str, str], number: int) -> httpx.Response:
    path = crowd.server.provider.endpoints[endpoint]
    return httpx.post(f"http://127.0.0.1:{crowd.address[1]}{path}", data=form, headers=crowd.credentials(number))
