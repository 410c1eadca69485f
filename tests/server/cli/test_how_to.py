"""What the how-to pages tell people to type and to write is understood."""

import re
import shlex
from pathlib import Path

import click
import pytest

from keyfob_server.cli.program import keyfob
from keyfob_server.settings.document_file import read_document

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINES = [
    (page.name, line)
    for page in PAGES
    for kind, block in BLOCK.findall(page.read_text("utf-8"))
    for line in block.splitlines()
    if kind == "sh" and line.startswith("keyfob ")
]
DOCUMENTS = [
    (page.name, block)
    for page in (*PAGES, ROOT / "docs/reference/clients.md")
    for kind, block in BLOCK.findall(page.read_text("utf-8"))
    if kind == "toml" and "[[" in block
]


def understand(line: str) -> None:
    """Parse it to the last option, and do nothing."""
    command: click.Command = keyfob
    words = shlex.split(line, comments=True)[1:]
    context = command.make_context("keyfob", words) if words[0].startswith("-") else click.Context(command)
    while isinstance(command, click.Group):
        name, found, words = command.resolve_command(context, words)
        assert found
        command, context = found, click.Context(found, info_name=name, parent=context)
    command.make_context(command.name, words, parent=context.parent)


@pytest.mark.parametrize("line", [line for _, line in LINES])
def test_each_command_of_a_how_to_page_is_one(line: str) -> None:
    understand(line)


def test_the_pages_of_clients_templates_initial_tokens_and_accounts_hold_commands() -> None:
    assert {"accounts.md", "clients.md", "initial-tokens.md", "templates.md"} <= {page for page, _ in LINES}


@pytest.mark.parametrize("line", ["keyfob client aply x", "keyfob template rollback a", "keyfob client list --al"])
def test_a_mistake_in_a_page_would_be_noticed(line: str) -> None:
    with pytest.raises(click.UsageError):
        understand(line)


@pytest.mark.parametrize("text", [text for _, text in DOCUMENTS], ids=[page for page, _ in DOCUMENTS])
def test_each_document_of_a_page_is_one(text: str, tmp_path: Path) -> None:
    file = tmp_path / "document.toml"
    file.write_text(text, encoding="utf-8")
    document = read_document(file, {})
    assert document.clients or document.templates
