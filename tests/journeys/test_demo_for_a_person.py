"""`./demo` without a flag, after its set-up: a server, and an app in the foreground that a person plays with."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from source_tree import ROOT
from support_engines import ENGINES, Engine, serve_options

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_S = 100
SHELLS = {"sqlite": "sqlite3", "postgresql": "psql"}
CONFIG = ROOT / "examples" / "config.json"
# It signs in at the page that it opens, as a person would.
BROWSER = shlex.join([sys.executable, str(ROOT / "tests" / "support_person_at_chromium.py")])


def demo(typed: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """On a desktop that has neither a browser nor a keyring of its own."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"}
    surroundings = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [sys.executable, "-m", "demo_story", *arguments],
        cwd=ROOT,
        env={**surroundings, "PYTHONPATH": str(ROOT / "scripts"), **more},
        input=typed,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_an_install_stays_registered_from_one_start_to_the_next(tmp_path: Path) -> None:
    before = CONFIG.read_bytes()
    data_dir = tmp_path / "data"
    first = demo("register\nsign in\nquit\n", "--data-dir", str(data_dir), "--browser", BROWSER)
    assert (first.returncode, first.stderr) == (0, ""), first.stdout
    assert re.findall(r"^(?:> )?\[(\w+)\]", first.stdout, re.MULTILINE) == [
        "Registration",
        "Unauthenticated",
        "Authenticated",
    ]
    config = json.loads((data_dir / "config.json").read_text())
    issuer = str(config.pop("issuer"))
    assert f"{issuer}/.well-known/openid-configuration" in first.stdout
    assert config == {name: value for name, value in json.loads(before).items() if name != "issuer"}
    assert CONFIG.read_bytes() == before
    second = demo("sign in\nquit\n", "--data-dir", str(data_dir), "--browser", BROWSER)
    assert (second.returncode, second.stderr) == (0, ""), second.stdout
    assert issuer in second.stdout
    assert re.findall(r"^(?:> )?\[(\w+)\]", second.stdout, re.MULTILINE) == ["Unauthenticated", "Authenticated"]


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_what_can_be_looked_at_can_be_typed_as_it_stands(tmp_path: Path, engine: Engine) -> None:
    data_dir = tmp_path / "data"
    shown = demo("quit\n", "--data-dir", str(data_dir), "--browser", BROWSER, *serve_options(engine, tmp_path)).stdout
    commands = re.findall(rf"^  ({SHELLS[engine.name]} .+)$", shown, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        subprocess.run(shlex.split(command), cwd=ROOT, check=True)
    for file in re.findall(rf"{re.escape(str(data_dir))}/[\w.]+", shown):
        assert Path(file.rstrip(".")).exists(), file


def test_with_tls_the_person_is_told_whom_to_trust(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    done = demo("quit\n", "--tls", "--data-dir", str(data_dir), "--browser", BROWSER)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Trust          {data_dir / 'ca.pem'} (or go on when the browser warns)" in done.stdout
    assert (data_dir / "ca.pem").read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert "The server     https://localhost:" in done.stdout


def test_without_a_browser_the_demo_says_what_to_do_and_starts_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = demo("", "--data-dir", str(data_dir), PATH=str(empty))
    assert refused.returncode == 1
    assert refused.stderr == "demo: there is no browser here that could be opened; try ./demo --headless\n"
    assert not data_dir.exists()
