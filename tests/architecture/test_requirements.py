import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from source_tree import ROOT

PROJECTS = (ROOT / "pyproject.toml", *sorted(ROOT.glob("packages/*/pyproject.toml")))
PINS = ROOT / "requirements" / "all.txt"


def strings(value: object) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def declared() -> list[Requirement]:
    """What the pyproject files ask for, our own packages left out."""
    documents = [tomllib.loads(path.read_text("utf-8")) for path in PROJECTS]
    lists = [document["project"].get("dependencies") for document in documents]
    lists += [group for document in documents for group in document.get("dependency-groups", {}).values()]
    found = [Requirement(text) for value in lists for text in strings(value)]
    return [requirement for requirement in found if not requirement.name.startswith("keyfob")]


def pinned(text: str) -> dict[str, tuple[str, int]]:
    """Name -> (version, number of hashes)."""
    entries = re.split(r"^(?=\S)", text.replace("\\\n", ""), flags=re.MULTILINE)
    pins = (re.match(r"([\w.-]+)==([^\s;]+)", entry) for entry in entries)
    return {canonicalize_name(pin[1]): (pin[2], pin.string.count("--hash=sha256:")) for pin in pins if pin}


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_a_declared_dependency_is_pinned_to_a_version_that_it_allows(requirement: Requirement) -> None:
    version, _ = pinned(PINS.read_text("utf-8"))[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version)


@pytest.mark.parametrize("name", ["all.txt", "uv.txt"])
def test_every_pin_has_hashes(name: str) -> None:
    pins = pinned((ROOT / "requirements" / name).read_text("utf-8"))
    assert pins != {}
    assert [pin for pin, (_, hashes) in pins.items() if hashes == 0] == []


def test_every_dependency_is_named_in_a_decision_with_its_reason() -> None:
    decisions = "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md")))
    assert (
        sorted({entry.name for entry in declared() if not re.search(rf"(?<![\w-]){entry.name}(?![\w-])", decisions)})
        == []
    )
