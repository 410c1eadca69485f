"""The page of all commands."""

from pathlib import Path

from keyfob_server.cli.failures import ExitCode
from keyfob_server.cli.reference import MEANINGS, reference

ROOT = Path(__file__).parents[3]


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8") == reference()


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)
