import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from source_tree import ROOT

ADRS = ROOT / "docs" / "adr"
WRITTEN_FOLDERS = ("docs", "packages", "tests", "scripts", "examples", "requirements", ".ci")
TEXT = frozenset({".md", ".py", ".sh", ".toml", ".txt", ".html", ".css", ".svg", ".json", ".http", ".sql", ""})
REGISTRY_HOST = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|crates\.io|deb\.debian\.org|snapshot\.debian"
)
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:work|root|home|opt|tmp)/")
COMMANDS = ("demo", "test", ".ci/run", "scripts/setup.sh", "scripts/fresh-machine")


def written_files() -> Iterator[Path]:
    """Every text file that people write here."""
    for name in WRITTEN_FOLDERS:
        yield from (path for path in (ROOT / name).rglob("*") if "__pycache__" not in path.parts)
    # what begins with a dot is a tool's: caches, coverage
    yield from ROOT.glob("[!.]*")


def texts() -> Iterator[tuple[str, str]]:
    for path in written_files():
        if path.is_file() and path.suffix in TEXT:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8", errors="replace")


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_no_file_names_the_host_of_a_package_registry() -> None:
    assert [name for name, text in texts() if REGISTRY_HOST.search(text)] == []


def test_no_document_names_a_path_of_one_machine() -> None:
    named = {str(path.relative_to(ROOT)): MACHINE_PATH.findall(path.read_text("utf-8")) for path in documents()}
    assert {name: found for name, found in named.items() if found} == {}


def links() -> list[tuple[Path, str, str]]:
    """Each document, with the file and the heading that it leads to within this project; either may be empty."""
    found = (
        (path, target)
        for path in documents()
        for targets in re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset)=\"([^\"]+)\"", path.read_text("utf-8"))
        for target in targets
        if target and not re.match(r"[a-z]+:", target)
    )
    return [(path, *target.partition("#")[::2]) for path, target in found]


def anchors(document: Path) -> set[str]:
    """What its headings are called in an address."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_link_between_documents_leads_somewhere() -> None:
    assert [
        (str(path.relative_to(ROOT)), target) for path, target, _ in links() if not (path.parent / target).exists()
    ] == []


def test_every_link_to_a_heading_finds_it() -> None:
    headings = [(path, path.parent / target if target else path, anchor) for path, target, anchor in links() if anchor]
    assert len(headings) >= 1
    lost = [(path.name, anchor) for path, target, anchor in headings if anchor not in anchors(target)]
    assert lost == []


def test_every_picture_is_shown_and_told_in_words() -> None:
    shown = {
        (path.parent / source).resolve(): words
        for path in documents()
        for source, words in re.findall(r'<img src="([^"]+)"[^>]* alt="([^"]+)"', path.read_text("utf-8"))
    }
    assert sorted((ROOT / "docs" / "pictures").glob("*")) == sorted(
        path for path in shown if path.parent == ROOT / "docs" / "pictures"
    )
    assert min(len(words) for words in shown.values()) > 20


def test_decisions_are_numbered_uniquely() -> None:
    numbers = [path.name[:4] for path in ADRS.glob("[0-9]*.md")]
    assert sorted(numbers) == sorted(set(numbers))
    assert all(number.isdecimal() for number in numbers)


def test_every_decision_is_listed_by_its_title() -> None:
    index = (ADRS / "README.md").read_text("utf-8")
    titles = {path.name: path.read_text("utf-8").splitlines()[0].lstrip("# ") for path in ADRS.glob("[0-9]*.md")}
    assert [name for name, title in titles.items() if f"[{title}]({name})" not in index] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_run_bit(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "\n./demo" in readme
    assert "\n./test" in readme
