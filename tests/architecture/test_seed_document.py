"""docs/seed.md: each paragraph has its line, and what the lines name is there (commands: test_documented_commands)."""

import re
from itertools import groupby

import pytest

from source_tree import ROOT

TEXT = (ROOT / "docs" / "seed.md").read_text("utf-8")
STEPS = (ROOT / "scripts" / "demo_story" / "steps.py").read_text("utf-8")
SERVER = ROOT / "packages" / "server" / "src" / "keyfob_server"
SPANS = re.findall(r"`([^`\n]+)`", TEXT)
ADDRESSES = sorted({span for span in SPANS if span.startswith("/")})
PARAGRAPHS = {
    "Note": 1,
    "Overview": 2,
    "Registration Mechanisms": 5,
    "Get the Code": 2,
    "Quick Start": 4,
    "Configuration": 5,
    "Run the App": 1,
    "User Experience": 4,
    "Registration": 6,
    "Per Instance Credentials": 2,
    "AppAuth Code": 3,
    "Managing Changes": 6,
    "Conclusion": 2,
}
"""The headings of the start document in order, and how many things each says, tables and listings with their text."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_that_is_named_is_served(address: str) -> None:
    quoted = re.compile(rf'"{re.escape(address)}"')
    assert any(quoted.search(source.read_text("utf-8")) for source in SERVER.rglob("*.py"))


def test_each_step_of_the_demo_that_is_named_is_told() -> None:
    named = {int(number) for found in re.findall(r"steps? ([\d and]+)", TEXT) for number in re.findall(r"\d+", found)}
    told = len(re.findall(r'^    \("[^"]+", \w+\),$', STEPS, re.MULTILINE))
    assert named <= set(range(1, told + 1))
    assert told == 10


def test_every_paragraph_of_the_start_document_has_its_line_in_order() -> None:
    said = [line.split("|")[1].strip().partition(":")[0] for line in TEXT.splitlines() if line.startswith("| ")]
    assert [(heading, len(list(lines))) for heading, lines in groupby(said[1:])] == list(PARAGRAPHS.items())
