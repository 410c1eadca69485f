"""Another program holds the database's lock: what the server says meanwhile, and that it recovers by itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from support_app import LOGOUT, Instance, Keyfob, Pkce, answer_of, running_keyfob
from support_polling import eventually
from support_process import ServerProcess
from support_sqlite_faults import sqlite_shell

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def busy(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-control"] == "no-store"
    assert not {"location", "set-cookie"} & answer.headers.keys()
    if answer.headers["content-type"] == "application/json":
        assert answer.json() == {
            "error": "temporarily_unavailable",
            "error_description": "the server cannot store right now; please try again",
        }
    else:
        assert "Busy just now" in answer.text


def test_a_locked_database_is_503_with_retry_after_and_the_same_requests_succeed_afterwards(
    keyfob: Keyfob, instance: Instance
) -> None:
    browser, pkce, signing_out = keyfob.browser(), Pkce(), keyfob.browser()
    keyfob.code_for(instance, signing_out, Pkce())
    question = signing_out.get(LOGOUT)
    page = keyfob.authorize(browser, pkce, client_id=instance.client_id)
    initial, refresh_token = keyfob.initial_token(), keyfob.tokens(instance).refresh_token
    code = keyfob.code_for(instance, keyfob.browser(), pkce)
    with sqlite_shell(keyfob.database) as shell:
        assert shell.say("begin immediate;") == []
        busy(keyfob.redeem(instance, code, pkce))
        busy(keyfob.refresh(instance, refresh_token))
        busy(keyfob.register(initial))
        busy(browser.sign_in(page))
        busy(signing_out.submit(question, sign_out="1"))
        assert keyfob.authorize(browser, pkce, client_id=instance.client_id).status_code == 200
        assert shell.say("rollback;") == []
    assert keyfob.redeem(instance, code, pkce).status_code == 200
    assert keyfob.refresh(instance, refresh_token).status_code == 200
    assert keyfob.register(initial).status_code == 201
    assert "code" in answer_of(browser.sign_in(page))
    assert signing_out.submit(question, sign_out="1").status_code == 200


def readiness(server: ServerProcess) -> tuple[int, str]:
    answer = httpx.get(server.admin_url.removesuffix("/admin") + "/health/ready", timeout=30)
    return answer.status_code, answer.text


def liveness(server: ServerProcess) -> int:
    return httpx.get(server.admin_url.removesuffix("/admin") + "/health/live").status_code


def test_a_locked_database_takes_readiness_away_until_the_lock_is_gone(server: ServerProcess) -> None:
    assert readiness(server) == (200, "ready\n")
    with sqlite_shell(server.database) as shell:
        assert shell.say("begin immediate;") == []
        assert readiness(server) == (503, "database unavailable\n")
        assert liveness(server) == 200
        assert shell.say("rollback;") == []
    assert readiness(server) == (200, "ready\n")


def test_a_lock_of_a_program_that_was_killed_is_gone(server: ServerProcess) -> None:
    with sqlite_shell(server.database) as shell:
        assert shell.say("begin immediate;") == []
    assert readiness(server) == (200, "ready\n")


def test_a_database_file_that_was_moved_away_takes_readiness_away_until_it_is_back(
    server: ServerProcess, tmp_path: Path
) -> None:
    away = server.database.rename(tmp_path / "away.db")
    assert readiness(server) == (503, "database unavailable\n")
    away.rename(server.database)
    assert readiness(server) == (200, "ready\n")


def unsealed(server: ServerProcess) -> int:
    with closing(sqlite3.connect(server.database)) as connection:
        return int(connection.execute("select count(*) from audit where seal is null").fetchone()[0])


def test_asking_for_readiness_writes_nothing(server: ServerProcess) -> None:
    wal = server.database.with_name("keyfob.db-wal")
    assert readiness(server) == (200, "ready\n")
    eventually(lambda: unsealed(server) == 0)
    before = wal.stat()
    for _ in range(20):
        assert readiness(server) == (200, "ready\n")
    assert (wal.stat().st_size, wal.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
