"""Every command in a document is one that the program has, with options that it has; each has its how-to page."""

import re

import pytest

from keyfob_server.cli.program import keyfob
from source_tree import ROOT
from support_documented_commands import command_of, mistake, named, typed

HOW_TO = ROOT / "docs" / "how-to"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
TYPED = sorted({(str(path.relative_to(ROOT)), line) for path in DOCUMENTS for line in typed(path.read_text("utf-8"))})
NAMED = sorted({(str(path.relative_to(ROOT)), line) for path in DOCUMENTS for line in named(path.read_text("utf-8"))})
ROW = re.compile(r"^\| (?P<commands>`.+`) \| \[.+?\]\((?P<page>[\w-]+\.md)\)", re.MULTILINE)


def index() -> list[tuple[str, list[str]]]:
    """Each page of the index, with the commands that it is for."""
    found = ROW.finditer((HOW_TO / "README.md").read_text("utf-8"))
    return [(row["page"], re.findall(r"`keyfob ([\w-]+)`", row["commands"])) for row in found]


def test_documents_hold_many_commands() -> None:
    assert len(TYPED) > 60
    assert len(NAMED) > 60


@pytest.mark.parametrize(("document", "line"), TYPED)
def test_what_a_reader_types_is_a_command(document: str, line: str) -> None:
    assert (document, mistake(line, whole=True)) == (document, "")


@pytest.mark.parametrize(("document", "line"), NAMED)
def test_what_a_sentence_names_is_a_command(document: str, line: str) -> None:
    assert (document, mistake(line, whole=False)) == (document, "")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("keyfob instances", "no command instances"),
        ("keyfob instance", "is a group"),
        ("keyfob serve --tsl", "No such option"),
        ("keyfob serve now", "too much: now"),
        ("keyfob account add --user-name anna --role boss", "boss is no role"),
        ("keyfob template show", "template_id is missing"),
        ("keyfob sweep --dry-run --json", ""),
    ],
)
def test_a_mistake_is_noticed(line: str, wrong: str) -> None:
    assert mistake(line, whole=True).startswith(wrong)
    assert bool(mistake(line, whole=True)) is bool(wrong)


def test_a_command_is_found_in_every_place_where_a_shell_takes_one() -> None:
    block = "```sh\ntoken=$(keyfob initial-token issue) # once\n.venv/bin/keyfob keys \\\n    list | cat\n```\n"
    assert list(typed(block)) == ["keyfob initial-token issue", "keyfob keys list"]


def test_each_command_has_its_page_in_the_index() -> None:
    assert sorted(command for _, commands in index() for command in commands) == sorted(keyfob.commands)


@pytest.mark.parametrize(("page", "commands"), index())
def test_a_page_shows_how_its_commands_are_typed(page: str, commands: list[str]) -> None:
    shown = {command_of(line) for line in typed((HOW_TO / page).read_text("utf-8"))}
    assert set(commands) <= shown


def test_every_how_to_page_is_in_the_index() -> None:
    text = (HOW_TO / "README.md").read_text("utf-8")
    pages = {path.name for path in HOW_TO.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\(([\w-]+\.md)\)", text)) == pages
