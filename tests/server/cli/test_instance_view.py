"""`keyfob instance list` and `show`: what people and programs see of the installs."""

import pytest

from keyfob_server.ports.storage import Store
from support_keyfob_program import Installation
from support_stored_records import a_grant

pytestmark = pytest.mark.slow

HOSTILE = "\x1b[2J\x1b]0;owned\x07Bank\r\n\u202efake\u200b"


def client_ids(document: dict[str, object]) -> list[str]:
    instances = document["instances"]
    assert isinstance(instances, list)
    return [one["client_id"] for one in instances]


def test_instances_are_listed_with_owner_app_device_and_status_in_aligned_columns(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    installation.add_owner("bob", "i-2-longer", app="Other App")
    done = installation.keyfob("instance", "list")
    assert done.out.splitlines() == [
        "CLIENT ID   OWNER  APP        DEVICE        STATUS  REGISTERED            LAST USED",
        "i-1         anna   Demo App   Anna's phone  active  1970-01-01 00:16 UTC  never",
        "i-2-longer  bob    Other App  Anna's phone  active  1970-01-01 00:16 UTC  never",
    ]
    assert done.err == ""


def test_the_instances_of_one_owner_are_listed_alone(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", "i-3")
    installation.add_owner("bob", "i-2")
    listed = installation.keyfob("instance", "list", "--user", "anna", "--json").document()
    assert client_ids(listed) == ["i-1", "i-3"]
    assert client_ids(installation.keyfob("instance", "list", "--user", "nobody", "--json").document()) == []


def test_a_long_list_is_read_page_by_page(installation: Installation) -> None:
    installation.add_owner("anna", *(f"i-{number}" for number in range(5)))
    seen: list[str] = []
    after = ""
    for _ in range(3):
        page = installation.keyfob("instance", "list", "--limit", "2", "--after", after, "--json").document()
        seen += client_ids(page)
        if page["next"] is None:
            break
        after = str(page["next"])
    assert seen == [f"i-{number}" for number in range(5)]
    done = installation.keyfob("instance", "list", "--limit", "2")
    assert done.err == "There may be more: --after i-1\n"


def test_one_instance_is_shown_with_its_history_and_without_secrets(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")

    async def use(store: Store) -> None:
        assert await store.add_grant(a_grant(client_id="i-1", created=1_700_000_000))

    installation.with_store(use)
    assert installation.keyfob("instance", "suspend", "i-1", "--reason", "phone lost").code == 0
    done = installation.keyfob("instance", "show", "i-1")
    shown = {name: text.strip() for name, text in (line.split(":", 1) for line in done.out.splitlines())}
    assert shown.pop("Status").startswith("inactive since ")
    assert shown.pop("Status set by").startswith("command line")
    assert shown.pop("Changed")
    assert shown == {
        "Client id": "i-1",
        "Owner": "anna",
        "App": "Demo App",
        "Device": "Anna's phone",
        "Platform": "ios",
        "Reason": "phone lost",
        "Scope": "openid profile",
        "Registered": "1970-01-01 00:16 UTC",
        "Registered by client": "registration-client",
        "Last used": "2023-11-14 22:13 UTC",
    }
    assert "hash-of" not in done.out


def test_the_instance_as_json_has_the_columns_of_the_database(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    document = installation.keyfob("instance", "show", "i-1", "--json").document()
    assert (document["client_id"], document["authenticated_user"], document["status"]) == ("i-1", "anna", "active")
    assert (document["created"], document["last_used"], document["status_at"]) == (1000, None, None)


def test_an_instance_that_does_not_exist_is_exit_code_3(installation: Installation) -> None:
    assert installation.keyfob("instance", "show", "i-9").refusal(3) == "there is no instance i-9"


def test_a_registered_name_cannot_act_on_the_terminal(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", app=HOSTILE)
    for command in (["list"], ["show", "i-1"], ["list", "--json"], ["show", "i-1", "--json"], ["suspend", "i-1"]):
        done = installation.keyfob("instance", *command)
        assert done.code == 0
        assert "Bank" in done.out
        assert all(character == "\n" or character.isprintable() for character in done.out), command
    listed = installation.keyfob("instance", "list").out
    assert len(listed.splitlines()) == 2
    assert "\\x1b[2J\\x1b]0;owned\\x07Bank\\r\\n" in listed


def test_a_long_name_is_cut_and_a_wide_one_counts_twice(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", app="x" * 1000)
    installation.add_owner("bob", "i-2", app="電話")
    _, first, second = installation.keyfob("instance", "list").out.splitlines()
    assert f"  {'x' * 37}...  Anna" in first
    assert f"  電話{' ' * 36}  Anna" in second
