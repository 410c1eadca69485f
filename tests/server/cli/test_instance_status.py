"""`keyfob instance suspend`, `reactivate` and `revoke`."""

import asyncio
from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.storage import Store
from support_keyfob_program import Installation, keyfob_in_terminal
from support_stored_records import a_grant

pytestmark = pytest.mark.slow


def test_instances_named_by_id_change_and_it_is_said_what_was_done(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", "i-2", "i-3")
    done = installation.keyfob("instance", "suspend", "i-1", "i-3", "i-1")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "Suspended i-1 (Demo App on Anna's phone, of anna).",
        "Suspended i-3 (Demo App on Anna's phone, of anna).",
        "Tokens are dead at once; `keyfob instance reactivate` undoes it.",
    ]
    assert installation.statuses() == {"i-1": "inactive", "i-2": "active", "i-3": "inactive"}
    assert installation.keyfob("instance", "reactivate", "i-1").code == 0
    assert installation.keyfob("instance", "revoke", "i-2").code == 0
    assert installation.statuses() == {"i-1": "active", "i-2": "revoked", "i-3": "inactive"}


def test_a_reactivation_ends_no_sign_in_and_says_nothing_of_one(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")

    async def sign_in(store: Store) -> None:
        assert await store.add_grant(replace(a_grant("g-1", client_id="i-1"), expires=4_000_000_000))

    installation.with_store(sign_in)
    assert "1 sign-in through them ended." in installation.keyfob("instance", "suspend", "i-1").out
    assert "ended" not in installation.keyfob("instance", "reactivate", "i-1").out


def test_an_instance_that_has_the_status_already_is_left_as_it_is(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    assert installation.keyfob("instance", "suspend", "i-1", "--reason", "first").code == 0
    done = installation.keyfob("instance", "suspend", "i-1", "--reason", "second")
    assert (done.code, done.out) == (
        0,
        "Unchanged i-1 (Demo App on Anna's phone, of anna): it is inactive already.\n",
    )
    assert installation.keyfob("instance", "show", "i-1", "--json").document()["status_reason"] == "first"


def test_the_outcome_can_be_read_by_a_program(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", "i-2")
    assert installation.keyfob("instance", "revoke", "i-2").code == 0
    document = installation.keyfob("instance", "revoke", "i-1", "i-2", "--reason", "stolen", "--json").document()
    changed, unchanged = document["changed"], document["unchanged"]
    assert isinstance(changed, list)
    assert isinstance(unchanged, list)
    assert [(one["client_id"], one["status"], one["status_reason"]) for one in changed] == [
        ("i-1", "revoked", "stolen")
    ]
    assert changed[0]["status_by"].startswith("command line")
    assert [one["client_id"] for one in unchanged] == ["i-2"]


def test_revoked_is_final(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", "i-2")
    assert installation.keyfob("instance", "revoke", "i-1").code == 0
    for verb in ("suspend", "reactivate"):
        refusal = installation.keyfob("instance", verb, "i-2", "i-1").refusal(4)
        assert refusal == "i-1 is switched off for good; nothing was changed"
    assert installation.statuses() == {"i-1": "revoked", "i-2": "active"}


def test_one_id_that_does_not_exist_changes_nothing(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    refusal = installation.keyfob("instance", "revoke", "i-1", "i-9", "i-8").refusal(3)
    assert refusal == "there is no instance i-9, i-8; nothing was changed"
    assert installation.statuses() == {"i-1": "active"}


def test_a_reason_that_could_act_on_a_terminal_or_fill_the_disk_is_refused(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    for reason in ("\x1b[2J", "x" * 501):
        refusal = installation.keyfob("instance", "suspend", "i-1", "--reason", reason).refusal(4)
        assert refusal == "a reason has at most 500 characters, and no control characters"
    assert installation.statuses() == {"i-1": "active"}


def test_the_only_instance_of_a_person_changes_without_a_question(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", "i-2")
    installation.add_owner("bob", "i-3")
    assert installation.keyfob("instance", "revoke", "i-2").code == 0
    done = installation.keyfob("instance", "suspend", "--user", "anna")
    assert done.code == 0, done.err
    assert installation.statuses() == {"i-1": "inactive", "i-2": "revoked", "i-3": "active"}


def test_several_instances_of_a_person_are_listed_and_change_only_with_yes(installation: Installation) -> None:
    installation.add_owner("anna", "i-1", "i-2")
    installation.add_owner("bob", "i-3")
    done = installation.keyfob("instance", "revoke", "--user", "anna")
    assert (done.code, done.out) == (4, "")
    assert [line.split()[0] for line in done.err.splitlines()] == ["CLIENT", "i-1", "i-2", "keyfob:"]
    assert done.err.endswith("keyfob: anna has 2 instances to revoke: say --yes\n")
    assert set(installation.statuses().values()) == {"active"}
    assert installation.keyfob("instance", "revoke", "--user", "anna", "--yes").code == 0
    assert installation.statuses() == {"i-1": "revoked", "i-2": "revoked", "i-3": "active"}


@pytest.mark.parametrize(("answer", "code", "status"), [("y", 0, "inactive"), ("n", 4, "active"), ("", 4, "active")])
def test_at_a_terminal_a_question_is_asked_whose_default_is_no(
    answer: str, code: int, status: str, installation: Installation
) -> None:
    installation.add_owner("anna", "i-1", "i-2")
    ended, shown = keyfob_in_terminal(
        "instance", "suspend", "--user", "anna", cwd=installation.folder, typed=f"{answer}\n"
    )
    assert ended == code, shown
    assert "Suspend these 2 instances? [y/N]: " in shown
    assert set(installation.statuses().values()) == {status}


def test_a_person_whose_instances_all_have_the_status_is_done_and_one_without_any_is_not_found(
    installation: Installation,
) -> None:
    installation.add_owner("anna", "i-1")
    installation.add_owner("bob")
    assert installation.keyfob("instance", "suspend", "--user", "anna").code == 0
    done = installation.keyfob("instance", "suspend", "--user", "anna")
    assert (done.code, done.out) == (0, "No instance of anna was left to suspend.\n")
    for nobody in ("bob", "carol"):
        refusal = installation.keyfob("instance", "suspend", "--user", nobody).refusal(3)
        assert refusal == f"there is no instance of {nobody}"


def test_a_command_acts_at_the_next_request_of_a_server_that_is_writing(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")

    async def serve(store: Store) -> list[str]:
        before = (await store.load(client_id=ClientId("i-1"))).client
        command = asyncio.create_task(asyncio.to_thread(installation.keyfob, "instance", "suspend", "i-1"))
        written = 0
        while not command.done():
            assert await store.add_grant(a_grant(f"g-{written}", client_id="i-1"))
            written += 1
        assert (await command).code == 0, command.result()
        assert written > 0
        after = (await store.load(client_id=ClientId("i-1"))).client
        assert before is not None
        assert after is not None
        assert after.generation > before.generation
        return [before.status, after.status]

    assert installation.with_store(serve) == ["active", "inactive"]
