"""The configuration file as flat keys, each with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from keyfob_server.settings.problems import Problem, SettingsError

MAX_BYTES = 1 << 20
_HEADER = re.compile(r"""\s*\[\s*([A-Za-z0-9_."'\s-]+?)\s*\]""")
_ASSIGNMENT = re.compile(r"""\s*([A-Za-z0-9_."'\s-]+?)\s*=""")
_POSITION = re.compile(r" \(at line (\d+), column \d+\)$")


@dataclass(frozen=True, slots=True)
class TomlFile:
    path: Path
    values: Mapping[str, object]
    """By `table.name`; a table counts as a value only when it lies where no table belongs."""
    lines: Mapping[str, int]

    def where(self, key: str) -> str:
        """`path:line` of a key, or of the nearest thing around it that has a line."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return f"{self.path}:{self.lines[key]}" if key else str(self.path)


def read_toml_file(path: Path) -> TomlFile:
    """Read and flatten; raises SettingsError when the file cannot be read or is no TOML."""
    document, text = read_toml(path)
    return TomlFile(path, dict(_flatten(document)), _lines(text))


def read_toml(path: Path) -> tuple[dict[str, object], str]:
    """The document and the text that it is made of; raises as `read_toml_file`."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refusal(str(path), f"cannot be read: {error.strerror}") from error
    if len(body) > MAX_BYTES:
        raise _refusal(str(path), f"is larger than {MAX_BYTES} bytes")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise _refusal(f"{path}:{line}", "is not UTF-8") from error
    return parse_toml(path, text), text


def parse_toml(path: Path, text: str) -> dict[str, object]:
    """The text of `path`, which need not be a file; raises SettingsError."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_refusal(path, str(error), last_line=text.count("\n") + 1) from error
    except RecursionError as error:
        raise _refusal(str(path), "is nested too deeply") from error


def _flatten(document: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in document.items():
        if isinstance(value, dict) and not prefix:
            yield from _flatten(value, f"{name}.")
        else:
            yield prefix + name, value


def _lines(text: str) -> dict[str, int]:
    """The line of each table and key, by a look at how lines begin; a text over many lines may mislead it."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _bare(header[1])
            found.setdefault(table, number)
        elif assignment := _ASSIGNMENT.match(line):
            key = _bare(assignment[1])
            found.setdefault(f"{table}.{key}" if table else key, number)
    return found


def _bare(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _toml_refusal(path: Path, message: str, *, last_line: int) -> SettingsError:
    position = _POSITION.search(message)
    line = int(position[1]) if position else last_line
    sentence = _POSITION.sub("", message).removesuffix(" (at end of document)")
    return _refusal(f"{path}:{line}", f"is not TOML: {sentence}")


def _refusal(where: str, sentence: str) -> SettingsError:
    return SettingsError((Problem(where, "", sentence),))
