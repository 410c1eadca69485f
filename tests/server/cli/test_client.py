"""`keyfob client ...`"""

import re

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.records import Client
from support_keyfob_program import Installation
from support_sql import change

pytestmark = pytest.mark.slow

DOCUMENT = """
[[client]]
id = "orders-api"
client_name = "The orders API"
grant_types = ["client_credentials"]
scope = "orders"

[[client]]
id = "app"
redirect_uris = ["com.example.app:/callback"]
application_type = "native"
token_endpoint_auth_method = "none"
registration_client = true
"""


@pytest.fixture
def applied(installation: Installation) -> Installation:
    assert installation.keyfob("client", "apply", "-", "--yes", stdin=DOCUMENT).code == 0
    return installation


def stored(installation: Installation, client_id: str = "orders-api") -> Client:
    client = installation.with_store(lambda store: store.load(client_id=ClientId(client_id))).client
    assert client
    return client


def test_clients_are_listed_by_id_in_pages(applied: Installation) -> None:
    assert re.findall(r"^(\S+)", applied.keyfob("client", "list").out, re.MULTILINE) == ["CLIENT", "app", "orders-api"]
    first = applied.keyfob("client", "list", "--limit", "1", "--json").document()
    assert first["next"] == "app"
    rest = applied.keyfob("client", "list", "--after", "app", "--json").document()["clients"]
    assert isinstance(rest, list)
    assert [(one["id"], one["has_secret"]) for one in rest] == [("orders-api", True)]
    assert "--after app" in applied.keyfob("client", "list", "--limit", "1").err


def test_what_is_shown_can_be_applied_again(applied: Installation) -> None:
    shown = applied.keyfob("client", "show", "app").out
    assert shown.startswith("# active, changed ")
    done = applied.keyfob("client", "apply", "-", "--json", stdin=shown).document()["changes"]
    assert isinstance(done, list)
    assert [one["effect"] for one in done] == ["unchanged"]
    document = applied.keyfob("client", "show", "app", "--json").document()["document"]
    assert isinstance(document, dict)
    assert document["registration_client"] is True
    assert applied.keyfob("client", "show", "nobody").refusal(3) == "there is no static client nobody"


def test_a_new_secret_takes_the_place_of_the_old_one_at_once(applied: Installation) -> None:
    before = stored(applied)
    secret = applied.keyfob("client", "rotate-secret", "orders-api", "--json").document()["client_secret"]
    after = stored(applied)
    assert len(str(secret)) == 43
    assert after.secret_hash not in {before.secret_hash, ""}
    assert after.generation == before.generation
    assert after.metadata == before.metadata
    applied.keyfob("client", "rotate-secret", "orders-api", "--end-tokens")
    assert stored(applied).generation == before.generation + 1


def test_a_public_client_has_no_secret_to_rotate(applied: Installation) -> None:
    assert applied.keyfob("client", "rotate-secret", "app").refusal(4) == "this client has no secret"
    assert applied.keyfob("client", "rotate-secret", "nobody").refusal(3) == "there is no static client nobody"


def test_a_removed_client_is_off_and_comes_back_with_another_secret(applied: Installation) -> None:
    before = stored(applied)
    assert applied.keyfob("client", "remove", "orders-api").code == 4
    assert applied.keyfob("client", "remove", "orders-api", "--yes", "--reason", "over").code == 0
    gone = stored(applied)
    assert (gone.status, gone.secret_hash, gone.generation) == ("retired", "", before.generation + 1)
    assert "removed before" in applied.keyfob("client", "remove", "orders-api", "--yes").out
    assert applied.keyfob("client", "rotate-secret", "orders-api").code == 3
    assert applied.keyfob("client", "apply", "-", "--yes", stdin=DOCUMENT).code == 0
    back = stored(applied)
    assert back.status == "active"
    assert back.secret_hash not in {before.secret_hash, ""}
    assert applied.keyfob("client", "remove", "nobody", "--yes").code == 3


def test_a_client_of_the_servers_own_is_not_removed(applied: Installation) -> None:
    assert "the settings file names this client" in applied.keyfob("client", "remove", "keyfob-admin", "--yes").refusal(
        4
    )


def test_a_status_that_somebody_set_stays_when_the_client_is_applied(applied: Installation) -> None:
    text = "update clients set status = 'inactive' where client_id = 'app'"
    assert change(applied.database, text) == 1
    renamed = DOCUMENT.replace('id = "app"', 'id = "app"\nclient_name = "App"')
    assert applied.keyfob("client", "apply", "-", "--yes", stdin=renamed).code == 0
    assert stored(applied, "app").status == "inactive"
