"""Writes docs/test-rows.md, abuse case -> test -> result, from the junit report of a test run.

Usage: python scripts/test_rows.py REPORT.xml
"""

import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "tests" / "architecture" / "abuse_rows.txt"
PAGE = ROOT / "docs" / "test-rows.md"
ROW_TEST = re.compile(r"test_([a-o]\d+)_")
HEAD = """# Abuse cases and their tests

Each line is one way to attack an authorization server, what Keyfob does about it, and the tests that try it. The
first letter is the area: A authorize, B PKCE, C codes, D token endpoint, E refresh, F registration, G its management,
H sign-in pages, I sign-out, K HTTP, L keys and signatures, M storage and logs, O client library. `just test`
writes this page.

| case | what must hold | test | result |
|---|---|---|---|
"""


def results(report: Path) -> dict[str, dict[str, list[str]]]:
    """By row and test name: the outcome of every case of the test."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - our own test run wrote it
        name = case.get("name", "").partition("[")[0]
        if row := ROW_TEST.match(name):
            bad = {child.tag for child in case} & {"failure", "error", "skipped"}
            found[row[1].upper()][name].append(next(iter(sorted(bad)), "passed"))
    return found


def outcome(cases: list[str]) -> str:
    unhappy = sorted(set(cases) - {"passed"})
    verdict = ", ".join(unhappy) if unhappy else "passed"
    return verdict if len(cases) == 1 else f"{verdict} ({len(cases)} cases)"


def lines(found: Mapping[str, Mapping[str, list[str]]]) -> list[str]:
    page = []
    for row, _, sentence in (line.partition(" ") for line in ROWS.read_text("utf-8").splitlines()):
        tests = found.get(row, {})
        names = "<br>".join(f"`{name}`" for name in sorted(tests)) or "none yet"
        verdicts = "<br>".join(outcome(tests[name]) for name in sorted(tests)) or "-"
        page.append(f"| {row} | {sentence.strip()} | {names} | {verdicts} |")
    return page


def main(report: str) -> None:
    text = HEAD + "\n".join(lines(results(Path(report)))) + "\n"
    if not PAGE.exists() or PAGE.read_text("utf-8") != text:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
