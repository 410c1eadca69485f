"""What goes wrong inside stays inside: the answer holds an error, a request id, and nothing else."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final, NoReturn, cast

import httpx
import pytest

from keyfob_server.composition.server import public_app
from keyfob_server.ports.initial_tokens import InitialTokenStore
from keyfob_server.ports.storage import Store
from keyfob_server.storage.sqlite import SOUND_S
from support_app import (
    AUTHORIZE,
    LOGOUT,
    REGISTER,
    SEED_REQUEST,
    TOKEN,
    USERINFO,
    Instance,
    Keyfob,
    Pkce,
    basic,
    bearer,
    form_state,
    running_keyfob,
)
from support_sql import value

INSIDE: Final = 'no such table: accounts in "select password_hash from credentials" of /var/lib/keyfob/keyfob.db'
NEVER_SHOWN: Final = (
    *(
        "traceback",
        "file &#34;",
        'file "',
        ".py",
        "line ",
        "select",
        "credentials",
        "accounts",
        "sqlite",
        "no such table",
    ),
    *(
        "keyfob.db",
        "/var/",
        "tmp",
        "runtimeerror",
        "exception",
        "starlette",
        "uvicorn",
        "python",
        "0x",
        "keyfob_server",
    ),
)
SIGN_IN: Final = "/authn/authentication/username-password"


class BrokenStore:
    """Every verb fails in a way that nobody foresaw."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(INSIDE)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path) as keyfob:
        yield keyfob


def with_broken_store(keyfob: Keyfob) -> Keyfob:
    broken = cast("Store", BrokenStore())
    initial_tokens = cast("InitialTokenStore", broken)
    services = replace(keyfob.installation.services, store=broken, sessions=broken, initial_tokens=initial_tokens)
    return Keyfob(keyfob.installation, public_app(services), keyfob.clock, keyfob._runner)


def requests(keyfob: Keyfob, instance: Instance, state: str, token: str) -> dict[str, httpx.Response]:
    """Each endpoint, asked for something that needs the database."""
    code = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "x", "code_verifier": Pkce().verifier}
    credentials = basic(instance.client_id, instance.client_secret)
    form = {"state": state, "username": "demouser", "password": "Password1"}
    return {
        "authorize": keyfob.request("GET", AUTHORIZE, params={"client_id": instance.client_id}),
        "sign in": keyfob.request("POST", SIGN_IN, data=form),
        "sign out": keyfob.request("GET", LOGOUT),
        "token": keyfob.request("POST", TOKEN, data=code, headers=credentials),
        "userinfo": keyfob.request("GET", USERINFO, headers=bearer(token)),
        "registration": keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=bearer(token)),
    }


def tells_nothing(name: str, answer: httpx.Response) -> None:
    told = answer.text.lower() + str(dict(answer.headers)).lower()
    assert [text for text in NEVER_SHOWN if text in told] == [], name
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def prepared(keyfob: Keyfob) -> tuple[Instance, str, str]:
    instance = keyfob.new_instance()
    state = form_state(keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id))
    return instance, state, keyfob.tokens(instance).access_token


def test_k11_an_unforeseen_fault_is_a_500_that_names_its_request_and_nothing_else(
    keyfob: Keyfob, caplog: pytest.LogCaptureFixture
) -> None:
    instance, state, token = prepared(keyfob)
    broken = with_broken_store(keyfob)
    answers = requests(broken, instance, state, token)
    for name, answer in answers.items():
        assert answer.status_code == 500, name
        tells_nothing(name, answer)
        assert answer.headers["x-request-id"] in answer.text, name
    for name in ("token", "userinfo", "registration"):
        assert answers[name].json()["error"] == "server_error"
    faults = [record for record in caplog.records if record.levelno == logging.ERROR and record.exc_info]
    assert len(faults) == len(answers)
    assert {str(record.exc_info[1]) for record in faults if record.exc_info} == {INSIDE}


def unavailable(answers: dict[str, httpx.Response]) -> None:
    for name, answer in answers.items():
        assert answer.status_code == 503, name
        assert int(answer.headers["retry-after"]) > 0
        tells_nothing(name, answer)


def test_k11_a_table_that_somebody_took_away_is_a_503_until_it_is_back(running: Keyfob) -> None:
    instance, state, token = prepared(running)
    with closing(sqlite3.connect(running.database)) as shell, shell:
        shell.execute("alter table clients rename to taken_away")
    unavailable(requests(running, instance, state, token))
    with closing(sqlite3.connect(running.database)) as shell, shell:
        shell.execute("alter table taken_away rename to clients")
    assert running.userinfo(token).status_code == 200


def test_k11_a_database_file_that_was_removed_is_a_503_until_it_is_back(running: Keyfob, tmp_path: Path) -> None:
    instance, state, token = prepared(running)
    away = tmp_path / "away.db"
    running.database.rename(away)
    time.sleep(2 * SOUND_S)
    unavailable(requests(running, instance, state, token))
    away.rename(running.database)
    assert running.userinfo(token).status_code == 200
    assert running.new_instance().client_id


def test_k11_nothing_is_written_once_the_file_was_replaced_under_the_server(running: Keyfob, tmp_path: Path) -> None:
    instance, state, token = prepared(running)
    initial = running.initial_token()
    away, copy = tmp_path / "away.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(running.database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    running.database.rename(away)
    time.sleep(2 * SOUND_S)
    copy.rename(running.database)
    unavailable(requests(running, instance, state, token))
    assert running.register(initial).status_code == 503
    away.rename(running.database)
    assert value(running.database, "select count(*) from dynamically_registered_clients") == 1
    assert running.register(initial).status_code == 201


def test_k11_a_database_of_rubbish_is_a_503(running: Keyfob) -> None:
    instance, state, token = prepared(running)
    with running.database.open("r+b") as file:
        size = file.seek(0, 2)
        file.seek(0)
        file.write(b"\xa5" * size)
    with running.database.with_name("keyfob.db-wal").open("r+b") as wal:
        wal.truncate(0)
    unavailable(requests(running, instance, state, token))


@pytest.mark.parametrize("path", ["/nothing", TOKEN, REGISTER, USERINFO, AUTHORIZE, SIGN_IN])
def test_k11_a_refusal_names_no_software_and_no_version(keyfob: Keyfob, path: str) -> None:
    answer = keyfob.request("PUT", path)
    tells_nothing(path, answer)
    assert "server" not in answer.headers
