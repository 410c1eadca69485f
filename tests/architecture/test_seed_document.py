"""docs/seed.md: what it says is to be found in Keyfob is there."""

import re

import click
import pytest

from keyfob_server.cli.program import keyfob
from source_tree import ROOT

TEXT = (ROOT / "docs" / "seed.md").read_text("utf-8")
STEPS = (ROOT / "scripts" / "demo_story" / "steps.py").read_text("utf-8")
SERVER = ROOT / "packages" / "server" / "src" / "keyfob_server"
SPANS = re.findall(r"`([^`\n]+)`", TEXT)
COMMANDS = sorted({span for span in SPANS if span.startswith("keyfob ")})
ADDRESSES = sorted({span for span in SPANS if span.startswith("/")})
HEADINGS = (
    "Overview",
    "Registration Mechanisms",
    "Get the Code",
    "Quick Start",
    "Configuration",
    "Run the App",
    "User Experience",
    "Registration",
    "Per Instance Credentials",
    "AppAuth Code",
    "Managing Changes",
    "Conclusion",
)


def is_command(line: str) -> bool:
    """Whether the words name a command, with options that it has."""
    here: click.Command = keyfob
    for word in line.split()[1:]:
        if word.startswith("-"):
            if not any(word in option.opts for option in here.params):
                return False
        elif not isinstance(here, click.Group) or word not in here.commands:
            return False
        else:
            here = here.commands[word]
    return not isinstance(here, click.Group)


@pytest.mark.parametrize("line", ["keyfob instances", "keyfob instance", "keyfob serve --tsl", "keyfob serve now"])
def test_what_is_no_command_would_be_noticed(line: str) -> None:
    assert not is_command(line)


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_that_is_named_exists(line: str) -> None:
    assert is_command(line)


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_that_is_named_is_served(address: str) -> None:
    quoted = re.compile(rf'"{re.escape(address)}"')
    assert any(quoted.search(source.read_text("utf-8")) for source in SERVER.rglob("*.py"))


def test_each_step_of_the_demo_that_is_named_is_told() -> None:
    named = {int(number) for found in re.findall(r"steps? ([\d and]+)", TEXT) for number in re.findall(r"\d+", found)}
    told = len(re.findall(r'^    \("[^"]+", \w+\),$', STEPS, re.MULTILINE))
    assert named <= set(range(1, told + 1))
    assert told == 10


def test_every_heading_of_the_start_document_has_its_lines_in_order() -> None:
    said = [line.split("|")[1].strip().partition(":")[0] for line in TEXT.splitlines() if line.startswith("| ")]
    assert list(dict.fromkeys(said[1:])) == list(HEADINGS)
