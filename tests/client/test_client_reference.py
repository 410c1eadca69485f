"""The documentation of the client library is true: its example runs, its table of errors is whole."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from keyfob_client import errors
from keyfob_client.errors import ClientError
from support_demo_server import demo_server

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "client.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.mark.slow
def test_the_worked_example_runs_and_prints_what_the_page_says(tmp_path: Path) -> None:
    program, config = tmp_path / "app.py", tmp_path / "config.json"
    program.write_text(block("python"))
    person = f"{sys.executable} {ROOT / 'tests' / 'support_person.py'} {tmp_path / 'cookies'} {tmp_path / 'visits'} %s"
    with demo_server(tmp_path / "data") as server:
        example = json.loads((ROOT / "examples" / "config.json").read_text())
        config.write_text(json.dumps(example | {"issuer": server.issuer}))
        environment = {**os.environ, "BROWSER": person, "PYTHONWARNINGS": "error"}
        done = subprocess.run(
            [sys.executable, program, config], env=environment, check=False, capture_output=True, text=True, timeout=90
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == block("text")


def test_the_table_of_errors_names_every_class_with_its_fault() -> None:
    kinds = {
        (name, kind.fault)
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, ClientError) and kind is not ClientError
    }
    assert set(re.findall(r"^\| `(\w+)` \| (\w+) \|", PAGE, re.MULTILINE)) == kinds
