"""storage.copying: all rows or none, in both directions, and whatever is not the same is found out."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.storage.copying import NAMED, PAGE, NotEqual, TargetNotEmpty
from keyfob_server.storage.migrate import sqlite_path
from support_copies import PAIRS, contents, copied, empty, put_some
from support_engines import engine_of
from support_polling import eventually

pytestmark = pytest.mark.slow

TESTS = str(Path(__file__).parents[2])
NOTHING = {
    "settings", "signing_keys", "clients", "client_templates", "client_template_versions", "initial_tokens",
    "revoked_tokens", "consents", "sign_in_failures",
}  # fmt: skip


def change(url: str, text: str) -> None:
    """As a person's shell does it, in the words of both engines."""
    with engine_of(url.partition(":")[0]).shell(url) as shell:
        assert shell.say(text) == []


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_row_is_copied_and_is_the_same(source: str, target: str, tmp_path: Path) -> None:
    source_url, target_url = empty(source, tmp_path, "source"), empty(target, tmp_path, "target")
    put_some(source_url, instances=3)
    told: list[str] = []
    counts = copied(source_url, target_url, told.append)
    assert {name for name, number in counts.items() if number == 0} == NOTHING
    assert counts["delegations"] == counts["dynamically_registered_clients"] == 3
    assert contents(target_url) == contents(source_url)
    assert told[0] == "accounts: 1 copied"
    assert "delegations: 3 copied" in told
    assert told[-1] == "audit: 1 compared"


@pytest.mark.parametrize("number", [PAGE - 1, PAGE, PAGE + 1])
def test_pages_neither_lose_nor_repeat_a_row(number: int, tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty("sqlite", tmp_path, "target")
    # an empty key, and one key of several columns whose first is the same on two pages
    settings = [("" if one == 0 else f"k{one}", "", one) for one in range(number)]
    tokens = [(f"c{one // 400}", f"t{one}", one) for one in range(number)]
    with closing(sqlite3.connect(sqlite_path(source))) as connection, connection:
        connection.executemany("insert into settings (name, value, created) values (?, ?, ?)", settings)
        connection.executemany("insert into revoked_tokens (client_id, token_id, expires) values (?, ?, ?)", tokens)
    counts = copied(source, target)
    assert (counts["settings"], counts["revoked_tokens"]) == (number, number)


def test_keys_are_walked_in_the_order_of_their_bytes_on_both_engines(tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty("postgresql", tmp_path, "target")
    for name in ("a", "B", "é", "Z", "_", "🔑", "\uffff", " "):
        change(source, "insert into settings (name, value, created) values ('?', 'it''s', 1);".replace("?", name))
    assert copied(source, target)["settings"] == 8


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_target_that_holds_a_row_is_refused_and_keeps_it(engine: str, tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty(engine, tmp_path, "target")
    put_some(source)
    change(target, "insert into settings (name, value, created) values ('mine', 'x', 1);")
    before = contents(target)
    with pytest.raises(TargetNotEmpty) as refused:
        copied(source, target)
    assert refused.value.tables == ("settings",)
    assert contents(target) == before


FAULTS = {
    "no UTF-8": "update accounts set name = cast(x'41ff' as text);",
    "a zero byte": "update accounts set name = 'a' || char(0);",
    "a text for a time": "update accounts set created = 'long ago';",
    "a number for the truth": "update accounts set email_verified = 2;",
}


@pytest.mark.parametrize("text", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_row_that_the_schema_does_not_know_is_named_and_nothing_is_kept(
    engine: str, text: str, tmp_path: Path
) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty(engine, tmp_path, "target")
    put_some(source)
    change(source, text)
    with pytest.raises(NotEqual) as unequal:
        copied(source, target)
    (one,) = unequal.value.differences
    assert (unequal.value.number, one.table, one.key) == (1, "accounts", ("account-of-anna",))
    assert re.fullmatch(r"(name|created|email_verified): not a value that the schema knows", one.what)
    assert not any(contents(target).values())


def when(line: str, act: Callable[[], None]) -> Callable[[str], None]:
    """Do something when the copy has come to a point."""
    return lambda told: act() if told == line else None


CHANGES = {
    "a row came": (
        "insert into settings (name, value, created) values ('later', 'x', 1);",
        ("settings", ("later",), "not in the target"),
    ),
    "a row went": ("delete from sessions;", ("sessions", ("session-1",), "not in the source")),
    "a value is another": (
        "update delegations set refresh_counter = 7, salt = cast('other' as {blob});",
        ("delegations", ("instance-0", "grant-1"), "refresh_counter, salt: not the same"),
    ),
}


@pytest.mark.parametrize(("text", "expected"), CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("source", "target"), PAIRS[:2])
def test_a_source_that_is_changed_meanwhile_is_found_out_and_nothing_is_kept(
    source: str, target: str, text: str, expected: tuple[str, tuple[str, ...], str], tmp_path: Path
) -> None:
    source_url, target_url = empty(source, tmp_path, "source"), empty(target, tmp_path, "target")
    put_some(source_url)
    text = text.format(blob="blob" if source == "sqlite" else "bytea")
    with pytest.raises(NotEqual) as unequal:
        copied(source_url, target_url, when("delegations: 1 copied", lambda: change(source_url, text)))
    found = [(one.table, one.key, one.what) for one in unequal.value.differences]
    assert found == [expected]
    assert not any(contents(target_url).values())


def test_what_is_changed_while_it_is_copied_is_not_half_in_the_copy(tmp_path: Path) -> None:
    source, target = empty("postgresql", tmp_path, "source"), empty("sqlite", tmp_path, "target")
    put_some(source)
    with pytest.raises(NotEqual) as unequal:
        copied(source, target, when("accounts: 1 copied", lambda: change(source, "delete from delegations;")))
    # it was copied with the others of its moment, and is missed when they are compared
    assert [(one.table, one.what) for one in unequal.value.differences] == [("delegations", "not in the source")]


def test_of_many_differences_the_first_are_told_and_all_are_counted(tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty("sqlite", tmp_path, "target")
    put_some(source, instances=NAMED + 5)
    with pytest.raises(NotEqual) as unequal:
        copied(
            source, target, when(f"delegations: {NAMED + 5} copied", lambda: change(source, "delete from delegations;"))
        )
    assert (unequal.value.number, len(unequal.value.differences)) == (NAMED + 5, NAMED)


def test_a_second_copy_into_the_same_database_waits_for_nobody(tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty("postgresql", tmp_path, "target")
    put_some(source)

    def again() -> None:
        # an event loop of its own needs a thread
        with ThreadPoolExecutor(1) as other, pytest.raises(StorageUnavailable, match="another copy into this database"):
            other.submit(copied, source, target).result()

    assert copied(source, target, when("accounts: 1 copied", again))["accounts"] == 1


def test_a_file_that_somebody_writes_to_is_no_target(tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty("sqlite", tmp_path, "target")
    with closing(sqlite3.connect(sqlite_path(target), isolation_level=None)) as writing:
        writing.execute("begin immediate")
        with pytest.raises(StorageUnavailable, match="database is locked"):
            copied(source, target)


KILLED = """
import os, signal, sys
from support_copies import copied
copied(sys.argv[1], sys.argv[2], lambda line: os.kill(os.getpid(), signal.SIGKILL) if line == sys.argv[3] else None)
"""


@pytest.mark.parametrize("point", ["delegations: 1 copied", "delegations: 1 compared"])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_copy_that_was_killed_leaves_nothing_and_can_be_begun_again(engine: str, point: str, tmp_path: Path) -> None:
    source, target = empty("sqlite", tmp_path, "source"), empty(engine, tmp_path, "target")
    put_some(source)
    command = [sys.executable, "-c", KILLED, source, target, point]
    killed = subprocess.run(command, env=os.environ | {"PYTHONPATH": TESTS}, check=False)
    assert killed.returncode == -signal.SIGKILL

    def done() -> bool:
        try:
            return copied(source, target)["accounts"] == 1
        except StorageUnavailable:
            # the server has not noticed yet that the other one is gone
            return False

    eventually(done)
    assert contents(target) == contents(source)
