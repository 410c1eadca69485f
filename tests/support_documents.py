"""Golden documents and vectors: JSON files beside the tests that read them."""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent


def golden(name: str) -> dict[str, object]:
    return _read(HERE / "golden" / name)


def vectors(name: str) -> dict[str, object]:
    return _read(HERE / "vectors" / name)


def faults(document: dict[str, object], expected: dict[str, object]) -> list[str]:
    """How `document` differs from a golden one, member by member.

    A value that is made anew each time stands there as `{"minted": "regular expression", "type": "str" or "int"}`.
    """
    found = [f"{name} is not expected" for name in document if name not in expected]
    for name, value in expected.items():
        if name not in document:
            found.append(f"{name} is missing")
        elif isinstance(value, dict) and "minted" in value:
            actual = document[name]
            if type(actual).__name__ != value["type"] or not re.fullmatch(value["minted"], str(actual)):
                found.append(f"{name} is not of the form {value['minted']}")
        elif document[name] != value:
            found.append(f"{name} is {document[name]!r}, not {value!r}")
    return found


def _read(path: Path) -> dict[str, object]:
    document = json.loads(path.read_text())
    assert isinstance(document, dict)
    return document
