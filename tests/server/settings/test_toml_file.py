"""Reading the configuration file, and finding the line of a key."""

from pathlib import Path

import pytest

from keyfob_server.settings.toml_file import read_toml_file
from support_settings import BASE, problems_of, written


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("port = \n", ":2: is not TOML: Invalid value"),
        ("port = 1\nport = 2\n", ":3: is not TOML: Cannot overwrite a value"),
        ("[tokens\n", ":2: is not TOML: "),
        ('acr = "', ":2: is not TOML: "),
    ],
)
def test_a_file_that_is_no_toml_is_told_by_its_line(text: str, problem: str, tmp_path: Path) -> None:
    path = written(tmp_path, BASE + text)
    told = problems_of(path)
    assert len(told) == 1
    assert told[0].startswith(f"{path}{problem}")


def test_a_file_that_is_not_utf_8_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "keyfob.toml"
    path.write_bytes(BASE.encode() + b"# \xff\n")
    assert problems_of(path) == [f"{path}:2: is not UTF-8"]


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "#" * (1 << 20))
    assert problems_of(path) == [f"{path}: is larger than 1048576 bytes"]


def test_a_file_that_is_nested_without_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "x = " + "[" * 100_000)
    assert problems_of(path) == [f"{path}: is nested too deeply"]


def test_a_file_that_is_missing_is_told(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.toml") == [f"{tmp_path}/none.toml: cannot be read: No such file or directory"]


def test_a_key_is_found_by_its_line_however_its_table_is_spelled(tmp_path: Path) -> None:
    text = 'a = 1\n"b" = 2\n  c.d = 3\n\n[ e . "f" ] # g = 0\n# h = 0\ni = 4\n[j]\nk = [\n  1,\n]\nl = { m = 5 }\n'
    file = read_toml_file(written(tmp_path, text))
    assert dict(file.values) == {
        "a": 1,
        "b": 2,
        "c.d": 3,
        "e.f": {"i": 4},
        "j.k": [1],
        "j.l": {"m": 5},
    }
    assert [file.where(key).rpartition(":")[2] for key in ("a", "b", "c.d", "e.f", "j.k", "j.l", "j.l.m")] == [
        *("1", "2", "3", "5", "9", "12", "12"),
    ]


def test_a_key_that_has_no_line_is_told_by_the_file(tmp_path: Path) -> None:
    file = read_toml_file(written(tmp_path, "a = 1\n"))
    assert file.where("z") == str(file.path)
