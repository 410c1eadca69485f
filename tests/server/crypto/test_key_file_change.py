"""Whoever changes the key file does it alone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.key_file import read_roots, write_roots
from keyfob_server.crypto.key_file_change import sole_change
from keyfob_server.crypto.root_rotation import with_new_key, with_waiting_key_promoted
from keyfob_server.crypto.roots import KeyFileUnusable, create_roots

ENTROPY = SystemEntropy()


def test_no_change_of_several_at_once_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    write_roots(path, create_roots(ENTROPY))

    def add(number: int) -> None:
        with sole_change(path):
            roots, _ = with_new_key(read_roots(path), "sealing", entropy=ENTROPY, now=number)
            write_roots(path, with_waiting_key_promoted(roots, "sealing")[0], replace=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(1, 13)))
    assert len(read_roots(path).sealing) == 13


def test_the_next_one_waits_until_the_first_is_done_however_it_ends(tmp_path: Path) -> None:
    entered = Event()

    def wait_for_it() -> None:
        with sole_change(tmp_path / "keys"):
            entered.set()

    with ThreadPoolExecutor(1) as pool:
        with suppress(ZeroDivisionError), sole_change(tmp_path / "keys"):
            waiting = pool.submit(wait_for_it)
            assert not entered.wait(0.1)
            raise ZeroDivisionError
        waiting.result(timeout=30)
    assert entered.is_set()


def test_a_lock_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".keys.lock").symlink_to(tmp_path / "somebody's file")
    with pytest.raises(KeyFileUnusable, match=r"\.keys\.lock"), sole_change(tmp_path / "keys"):
        raise AssertionError("it was changed")
    assert not (tmp_path / "somebody's file").exists()
