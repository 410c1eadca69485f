"""`keyfob master-key ...`: the key file, changed whole and never shown."""

import json
import stat

import pytest

from support_keyfob_program import Installation, Outcome
from support_passwords import password_is
from support_sqlite_faults import sqlite_shell

pytestmark = pytest.mark.slow


def listed(installation: Installation) -> list[tuple[str, str, str]]:
    found = installation.keyfob("master-key", "list", "--json").document()["keys"]
    assert isinstance(found, list)
    return [(str(one["root"]), str(one["role"]), str(one["id"])) for one in found]


def roles(installation: Installation, root: str) -> list[str]:
    return [role for name, role, _ in listed(installation) if name == root]


def rotate(installation: Installation, root: str, *options: str) -> Outcome:
    return installation.keyfob("master-key", "rotate", "--root", root, *options)


def key_file(installation: Installation) -> bytes:
    return (installation.folder / "keyfob.keys").read_bytes()


def test_root_keys_are_listed_without_the_keys(installation: Installation) -> None:
    assert [(root, role) for root, role, _ in listed(installation)] == [
        ("sealing", "makes"),
        ("verification", "makes"),
        ("pairwise", "fixed"),
    ]
    secrets = [
        entry["key"] for name in ("sealing", "verification") for entry in json.loads(key_file(installation))[name]
    ]
    for option in ((), ("--json",)):
        shown = installation.keyfob("master-key", "list", *option).out
        assert not any(secret in shown for secret in secrets)


@pytest.mark.parametrize("root", ["sealing", "verification"])
def test_a_new_key_waits_then_makes_then_the_old_one_is_dropped(installation: Installation, root: str) -> None:
    ((_, _, old),) = [one for one in listed(installation) if one[0] == root]
    assert "it opens, and makes nothing yet" in rotate(installation, root).out
    assert roles(installation, root) == ["makes", "waits"]
    assert "waits to be promoted" in rotate(installation, root).refusal(4)
    assert f"makes from now on; {old} opens what it made" in rotate(installation, root, "--promote").out
    assert roles(installation, root) == ["makes", "opens"]
    assert "waits to be promoted: add one first" in rotate(installation, root, "--promote").refusal(4)
    assert installation.keyfob("master-key", "drop", "--root", root, old, "--yes").code == 0
    assert roles(installation, root) == ["makes"]
    assert stat.S_IMODE((installation.folder / "keyfob.keys").stat().st_mode) == 0o600
    left = [path.name for path in installation.folder.iterdir() if path.name.startswith(".keyfob.keys")]
    assert left == [".keyfob.keys.lock"]


def test_the_pairwise_key_never_changes(installation: Installation) -> None:
    before = key_file(installation)
    for options in (("rotate",), ("rotate", "--promote"), ("drop", "aabbccdd", "--yes")):
        refusal = installation.keyfob("master-key", *options, "--root", "pairwise").refusal(4)
        assert refusal == "the pairwise key never changes: every pairwise subject would become another one"
    assert key_file(installation) == before


def test_a_verification_key_is_dropped_only_by_somebody_who_was_told_what_dies(installation: Installation) -> None:
    ((_, _, old),) = [one for one in listed(installation) if one[0] == "verification"]
    rotate(installation, "verification")
    rotate(installation, "verification", "--promote")
    before = key_file(installation)
    refusal = installation.keyfob("master-key", "drop", "--root", "verification", old).refusal(4)
    assert "1 passwords" in refusal
    assert refusal.endswith("nothing was changed, say --yes")
    assert key_file(installation) == before
    assert password_is(installation, "admin", installation.password)
    assert installation.keyfob("master-key", "drop", "--root", "verification", old, "--yes").code == 0
    assert not password_is(installation, "admin", installation.password)
    done = installation.keyfob("account", "set-password", "admin", "--password-stdin", stdin="a new long password")
    assert done.code == 0
    assert password_is(installation, "admin", "a new long password")


def test_the_only_key_and_one_that_is_not_there_are_not_dropped(installation: Installation) -> None:
    ((_, _, only),) = [one for one in listed(installation) if one[0] == "sealing"]
    assert "is the only sealing key" in installation.keyfob("master-key", "drop", "--root", "sealing", only).refusal(4)
    assert "there is no sealing key 00000000" in installation.keyfob(
        "master-key", "drop", "--root", "sealing", "00000000"
    ).refusal(4)


def test_keys_of_the_environment_are_changed_there(installation: Installation) -> None:
    env = {"KEYFOB_KEYS": key_file(installation).decode()}
    done = installation.keyfob("master-key", "rotate", "--root", "sealing", env=env)
    assert "KEYFOB_KEYS" in done.refusal(4)


def test_a_root_must_be_named(installation: Installation) -> None:
    for command in (("rotate",), ("drop", "aabbccdd")):
        assert "--root" in installation.keyfob("master-key", *command).refusal(2)


def test_a_key_whose_audit_row_cannot_be_written_is_not_made(installation: Installation) -> None:
    before = (installation.folder / "keyfob.keys").read_bytes()
    with sqlite_shell(installation.database) as shell:
        shell.say("begin immediate;")
        assert installation.keyfob("master-key", "rotate", "--root", "sealing").code == 5
    assert (installation.folder / "keyfob.keys").read_bytes() == before


@pytest.mark.parametrize(
    "command", [("master-key", "rotate", "--root", "sealing"), ("keys", "rotate"), ("after-restore",)]
)
@pytest.mark.parametrize("reason", ["x" * 501, "a\x1b[31mb"])
def test_a_reason_that_no_row_should_hold_is_refused(
    installation: Installation, command: tuple[str, ...], reason: str
) -> None:
    refusal = installation.keyfob(*command, "--reason", reason).refusal(4)
    assert refusal == "a reason has at most 500 characters, and no control characters"
