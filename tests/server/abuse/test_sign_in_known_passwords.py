"""A password that everybody tries is not chosen; who chose one before gets in, and the log says so."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyfob_protocol.identifiers import AccountId
from keyfob_server.endpoints.administration import AccountChanged, Unfit, add_account, set_password
from keyfob_server.rules.accounts import NewAccount
from support_app import Keyfob, running_keyfob
from support_keyfob_program import Installation
from support_keyfob_program import keyfob as program

REFUSAL = Unfit("this password is among those that are tried first: choose another")


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = program("init", "--data-dir", "data", "--base-url", "http://127.0.0.1:8443", cwd=tmp_path)
    assert made.code == 0, made.err
    return Installation(tmp_path / "data", "")


@pytest.mark.parametrize("password", ["password123", "QWERTY123", "xxxxxxxxxxxx"])
def test_h9_a_password_that_everybody_tries_is_refused_when_it_is_chosen(keyfob: Keyfob, password: str) -> None:
    store, passwords = keyfob.installation.store, keyfob.installation.services.passwords
    before = len(keyfob.run(store.list_accounts()))
    new = NewAccount(user_name="newcomer", password=password)
    added = add_account(store, passwords, new, account_id=AccountId("newcomer"), now=keyfob.clock())
    assert keyfob.run(added) == REFUSAL
    assert keyfob.run(set_password(store, passwords, "demouser", password)) == REFUSAL
    assert len(keyfob.run(store.list_accounts())) == before


def test_h9_a_known_password_of_before_still_signs_in_and_is_told_to_the_log(
    keyfob: Keyfob, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        assert keyfob.initial_token()
    assert "sign_in.known_password" in caplog.text
    assert "Password1" not in caplog.text


def test_h9_a_good_password_is_chosen(keyfob: Keyfob) -> None:
    store, passwords = keyfob.installation.store, keyfob.installation.services.passwords
    chosen = set_password(store, passwords, "admin", "seven lighthouses in a row")
    assert keyfob.run(chosen) == AccountChanged("admin")


@pytest.mark.slow
def test_h9_a_list_of_stolen_passwords_is_obeyed_and_a_bad_one_keeps_the_server_from_starting(
    installation: Installation,
) -> None:
    stolen = "a password that was stolen"
    (installation.folder / "stolen.txt").write_text(
        hashlib.sha1(stolen.encode(), usedforsecurity=False).hexdigest().upper() + ":17\n"
    )
    env = {"KEYFOB_PASSWORDS_KNOWN_FILE": "stolen.txt"}
    ask = ("account", "set-password", "admin", "--password-stdin")
    assert installation.keyfob(*ask, stdin=stolen, env=env).refusal(4) == REFUSAL.sentence
    assert installation.keyfob(*ask, stdin=stolen).code == 0
    (installation.folder / "stolen.txt").write_text("hunter2\n")
    refusal = installation.keyfob("serve", env=env).refusal(5)
    assert refusal.endswith("stolen.txt is not one SHA-1 a line, in their order")


def test_check_config_shows_a_database_url_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text(
        'base_url = "https://id.example.com"\ndatabase_url = "postgresql://keyfob:hunter2@db/id?password=hunter2&x=1"\n'
    )
    shown = program("check-config", "--show", "--json", cwd=tmp_path).document()["settings"]
    assert isinstance(shown, dict)
    assert shown["database_url"]["value"] == "postgresql://keyfob:***@db/id?password=***&x=1"
    assert "hunter2" not in json.dumps(shown)
    assert "hunter2" not in program("check-config", "--show", cwd=tmp_path).out
