"""A new installation has one administrator, whose password is nobody else's; no client of it has a known secret."""

from pathlib import Path

import pytest

from keyfob_server.composition.installation import Installation, install
from keyfob_server.demo.data import ADMINISTRATOR, PASSWORD, REGISTRATION_CLIENT, USER_NAME
from keyfob_server.storage.migrate import sqlite_path
from support_app import TOKEN, Keyfob, basic
from support_sql import rows


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(tmp_path_factory.mktemp("new") / "data", "http://127.0.0.1:8443", {})


def test_j5_a_new_installation_has_one_account_an_owner_with_a_long_random_password(
    installation: Installation, tmp_path: Path
) -> None:
    found = rows(sqlite_path(installation.settings.database_url), "select user_name, roles, status from accounts")
    assert found == [("admin", "owner", "active")]
    letters = installation.password.replace("-", "")
    assert (len(letters), PASSWORD.lower() in letters) == (25, False)
    other = install(tmp_path / "other", "http://127.0.0.1:8443", {})
    assert other.password != installation.password


def test_j5_nothing_of_the_demo_is_in_it(installation: Installation) -> None:
    database = sqlite_path(installation.settings.database_url)
    assert rows(database, "select client_id from clients") == []
    names = rows(database, "select user_name from accounts where user_name in (?, ?)", USER_NAME, "demo")
    assert names == []
    assert b"Password1" not in database.read_bytes()
    assert installation.settings.policy.registration_client.redirect_uris == ()


def test_j5_the_demo_listens_where_nobody_else_can_reach_it(keyfob: Keyfob) -> None:
    settings = keyfob.installation.settings
    assert (settings.host, settings.admin_host) == ("127.0.0.1", "127.0.0.1")
    assert ADMINISTRATOR == "admin"


@pytest.mark.parametrize("client_id", ["keyfob-admin", REGISTRATION_CLIENT, "dcr-issuer"])
@pytest.mark.parametrize("secret", ["", "Password1", "secret", "changeme", "keyfob-admin"])
def test_j5_no_built_in_client_has_a_secret_that_one_could_guess(keyfob: Keyfob, client_id: str, secret: str) -> None:
    form = {"grant_type": "client_credentials", "scope": "dcr"}
    answer = keyfob.request("POST", TOKEN, data=form, headers=basic(client_id, secret))
    assert answer.status_code == 401
