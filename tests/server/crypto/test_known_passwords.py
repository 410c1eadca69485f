"""crypto.known_passwords: what everybody tries, and a list of what was stolen."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.crypto.known_passwords import COMMON, KnownPasswords, PasswordListUnusable
from keyfob_server.rules.accounts import MIN_PASSWORD


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def listed(folder: Path, *passwords: str, count: str = "", end: str = "\n") -> Path:
    path = folder / "stolen.txt"
    path.write_text(end.join(sorted(digest(one) + count for one in passwords)) + end)
    return path


def test_the_commonest_are_in_small_letters_and_long_enough_to_be_chosen() -> None:
    assert len(COMMON) > 250
    assert all(word == word.lower() and len(word) >= MIN_PASSWORD for word in COMMON)


@pytest.mark.parametrize("password", ["password", "PassWord1", "12345678", "zzzzzzzzz", "QWERTY123"])
def test_the_commonest_are_known_in_any_case(password: str) -> None:
    assert KnownPasswords().holds(password)


def test_what_nobody_else_has_is_not_known() -> None:
    assert not KnownPasswords().holds("a sentence about seven lighthouses")


@pytest.mark.parametrize("count", ["", ":3"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_line_of_a_list_is_found_and_nothing_else(tmp_path: Path, count: str, end: str) -> None:
    stolen = [f"stolen password {number}" for number in range(200)]
    known = KnownPasswords(listed(tmp_path, *stolen, count=count, end=end))
    assert all(known.holds(one) for one in stolen)
    assert not any(known.holds(f"other password {number}") for number in range(200))


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=40, unique=True), st.integers(0, 39))
def test_a_list_of_any_length_holds_what_it_holds(
    tmp_path_factory: pytest.TempPathFactory, passwords: list[str], missing: int
) -> None:
    one = passwords[missing % len(passwords)]
    others = [other for other in passwords if other != one]
    folder = tmp_path_factory.mktemp("list")
    assert KnownPasswords(listed(folder, *passwords)).holds(one)
    if others:
        known = KnownPasswords(listed(folder, *others))
        assert all(known.holds(other) for other in others)
        assert known.holds(one) == KnownPasswords().holds(one)


def test_a_list_that_is_replaced_meanwhile_stays_what_it_was(tmp_path: Path) -> None:
    path = listed(tmp_path, "stolen password 1")
    known = KnownPasswords(path)
    path.unlink()
    assert known.holds("stolen password 1")


@pytest.mark.parametrize("text", ["", "\n", "password\n12345678\n", "a" * 40 + "\n", "F" * 40 + "\n" + "0" * 40 + "\n"])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(text)
    with pytest.raises(PasswordListUnusable, match="is not one SHA-1 a line, in their order"):
        KnownPasswords(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PasswordListUnusable, match=r"missing\.txt: No such file or directory"):
        KnownPasswords(tmp_path / "missing.txt")
