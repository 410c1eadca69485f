"""docs/tutorial.md as a sequence of what a reader does, and what is the same in it for every reader."""

import platform
import re
from dataclasses import dataclass

from source_tree import ROOT

TUTORIAL = ROOT / "docs" / "tutorial.md"
DEVICE = "annas-phone"
"""What the phone of whoever wrote the tutorial is called."""
_PARTS = re.compile(
    r'^```(?P<language>\w+)\n(?P<text>.*?)^```$|^<img src="(?P<picture>[^"]+)"', re.MULTILINE | re.DOTALL
)
_ACTION = re.compile(r"^> (.+)$", re.MULTILINE)
_OTHERS = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "<time>"),
    (r"\b[0-9a-f]{8}\$[0-9a-f]{64}\b", "<seal>"),
    (r"(?<=--before )[0-9a-f]{32}$", "<row>"),
    (r"(?<![\w-])[\w-]{43}(?![\w-])", "<secret>"),
    (r"\.\.\.[\w-]{6}\b", "<end of a token>"),
    (r"\b\d{10}\b", "<seconds>"),
    (r"command line: [\w.-]+", "command line: <me>"),
    # The job that seals comes round every few seconds.
    (r"^\d+ rows as they were sealed(, and \d+ newer that will be)?\.", "<number> rows"),
    (r"(127\.0\.0\.1:)\d+", r"\1<port>"),
    (r"[ \t]+", " "),
    (r"^ | $", ""),
)


@dataclass(frozen=True, slots=True)
class Commands:
    """Typed into a terminal."""

    text: str


@dataclass(frozen=True, slots=True)
class Output:
    """What the commands before it answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """What the app said last, and each action with the answer to it."""

    before: str
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Of a page at which the reader does something."""

    name: str


Part = Commands | Output | Dialogue | Picture


def parts(document: str) -> list[Part]:
    return [_part(found) for found in _PARTS.finditer(document)]


def _part(found: re.Match[str]) -> Part:
    language, text = found["language"], found["text"]
    if found["picture"]:
        return Picture(found["picture"])
    if language == "sh":
        return Commands(text)
    if not _ACTION.search(text):
        return Output(text)
    before, *rest = _ACTION.split(text)
    return Dialogue(before, tuple(zip(rest[::2], rest[1::2], strict=True)))


def without_chance(text: str) -> str:
    """`text` without what differs from one reader to the next: ids, times, tokens, ports, names, widths of columns."""
    kept = re.sub(rf"\b{re.escape(platform.node())}\b", DEVICE, text)
    for pattern, name in _OTHERS:
        kept = re.sub(pattern, name, kept, flags=re.MULTILINE)
    return kept.strip()


def says(told: str, said: str) -> bool:
    """Whether the tutorial tells what was said; a line of three dots stands for any number of lines."""
    lines = [".*" if line == "..." else re.escape(line) for line in without_chance(told).split("\n")]
    return re.fullmatch("\n".join(lines), without_chance(said), re.DOTALL) is not None
