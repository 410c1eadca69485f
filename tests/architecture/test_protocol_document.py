"""docs/protocol: the files and tests that it names exist, and no endpoint or protocol module is forgotten."""

import re

from source_tree import ROOT

TEXT = (ROOT / "docs" / "protocol" / "README.md").read_text("utf-8")
NAMED = frozenset(re.findall(r"`([\w/]+\.py)`", TEXT))
SERVER = ROOT / "packages" / "server" / "src" / "keyfob_server"
PROTOCOL = ROOT / "packages" / "protocol" / "src" / "keyfob_protocol"
FOLDERS = (SERVER, PROTOCOL, ROOT / "tests")


def test_every_file_and_test_that_is_named_exists() -> None:
    assert len(NAMED) > 100
    assert sorted(name for name in NAMED if not any((folder / name).is_file() for folder in FOLDERS)) == []


def test_every_endpoint_and_protocol_module_is_named() -> None:
    endpoints = {str(path.relative_to(SERVER)) for path in (SERVER / "endpoints").rglob("*.py")}
    protocol = {path.name for path in PROTOCOL.glob("*.py")}
    assert sorted((endpoints | protocol) - {"endpoints/__init__.py", "__init__.py"} - NAMED) == []


def test_every_row_names_a_file_and_a_test() -> None:
    rows = [line.strip("|").split("|") for line in TEXT.splitlines() if line.startswith(("| RFC", "| Core", "| OIDC"))]
    assert len(rows) > 20
    assert [row[0] for row in rows if ".py`" not in row[2] or "test_" not in row[3]] == []
