"""The example app in a terminal, against the real server in demo mode."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from support_demo_server import DemoServer, demo_server, read_until
from support_process import serving

ROOT = Path(__file__).parents[2]
APP = ROOT / "examples" / "terminal_app.py"
PERSON = ROOT / "tests" / "support_person.py"
PROMPT = r"\n> $"

pytestmark = pytest.mark.slow


@dataclass
class Terminal:
    process: subprocess.Popen[bytes]
    visits: Path

    @classmethod
    def open(cls, server: DemoServer, folder: Path, *options: str) -> Self:
        config = folder / "config.json"
        example = json.loads((ROOT / "examples" / "config.json").read_text())
        config.write_text(json.dumps(example | {"issuer": server.issuer}))
        # The person trusts the demo's authority; the app is told whom to trust by an option, or not.
        trust = f"env SSL_CERT_FILE={server.data_dir / 'ca.pem'} " if server.issuer.startswith("https:") else ""
        browser = f"{trust}{sys.executable} {PERSON} {folder / 'cookies'} {folder / 'visits'}"
        command: list[str | Path] = [sys.executable, APP, "--store", "memory", "--browser", browser, *options, config]
        environment = {**os.environ, "PYTHONWARNINGS": "error"}
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        terminal = cls(process, folder / "visits")
        assert process.stdout
        assert "[Registration]" in read_until(process.stdout, PROMPT)
        return terminal

    def do(self, action: str) -> str:
        """What the app says up to its next prompt."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{action}\n".encode())
        self.process.stdin.flush()
        return read_until(self.process.stdout, PROMPT)

    def forms_sent(self) -> int:
        return self.visits.read_text().count("POST ")

    def close(self) -> int:
        assert self.process.stdin
        self.process.stdin.write(b"quit\n")
        self.process.communicate(timeout=60)
        return self.process.returncode


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    with demo_server(tmp_path_factory.mktemp("demo") / "data") as running:
        yield running


@pytest.fixture
def terminal(server: DemoServer, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal.open(server, tmp_path)
    with opened.process:
        yield opened
        opened.process.kill()


def set_status(server: DemoServer, status: str) -> None:
    with closing(sqlite3.connect(server.database, timeout=30)) as connection, connection:
        connection.execute("update dynamically_registered_clients set status = ?", (status,))


def test_the_example_is_shorter_than_120_lines() -> None:
    assert len(APP.read_text().splitlines()) < 120


def test_the_whole_journey_of_an_install(terminal: Terminal) -> None:
    assert "[Unauthenticated]" in terminal.do("register")
    forms = terminal.forms_sent()
    assert forms >= 1
    assert "[Authenticated]" in terminal.do("sign in")
    assert terminal.forms_sent() == forms, "the second step is silent"
    before, after = terminal.do("tokens"), terminal.do("refresh")
    assert "subject: demouser" in before
    assert "subject: demouser" in after
    assert not {line for line in before.splitlines() if " token: " in line} & set(after.splitlines())
    assert "[Unauthenticated]" in terminal.do("sign out")
    forms = terminal.forms_sent()
    assert "[Authenticated]" in terminal.do("sign in")
    assert terminal.forms_sent() > forms, "after signing out the password is asked for"


def test_o7_an_install_that_is_suspended_comes_back_and_one_that_is_revoked_does_not(
    server: DemoServer, terminal: Terminal
) -> None:
    terminal.do("register")
    assert "[Authenticated]" in terminal.do("sign in")
    set_status(server, "inactive")
    suspended = terminal.do("refresh")
    assert "suspended" in suspended
    assert "[Registration]" not in suspended
    set_status(server, "active")
    terminal.do("sign out")
    assert "[Authenticated]" in terminal.do("sign in")
    set_status(server, "revoked")
    revoked = terminal.do("refresh")
    assert "revoked" in revoked
    assert "[Registration] register, quit" in revoked
    assert "Not now" in terminal.do("refresh")
    assert "[Unauthenticated]" in terminal.do("register")


def test_an_install_that_is_forgotten_is_forgotten_at_the_server_too(server: DemoServer, terminal: Terminal) -> None:
    terminal.do("register")
    assert "[Authenticated]" in terminal.do("sign in")
    assert "[Registration] register, quit" in terminal.do("forget")
    with closing(sqlite3.connect(server.database, timeout=30)) as connection:
        newest = "select status from dynamically_registered_clients order by client_id desc limit 1"
        assert connection.execute(newest).fetchall() == [("deleted",)]
    assert "Not now" in terminal.do("forget")
    assert "[Unauthenticated] sign in, forget, quit" in terminal.do("register")


def test_o7_status_is_told_at_the_authorize_endpoint_too(server: DemoServer, terminal: Terminal) -> None:
    terminal.do("register")
    set_status(server, "inactive")
    assert "suspended" in (said := terminal.do("sign in"))
    assert "[Unauthenticated]" in said
    set_status(server, "revoked")
    assert "[Registration]" in terminal.do("sign in")


def test_a_trace_shows_each_exchange_and_no_secret(server: DemoServer, tmp_path: Path) -> None:
    opened = Terminal.open(server, tmp_path, "--trace")
    with opened.process:
        said = opened.do("register") + opened.do("sign in") + opened.do("refresh")
        assert opened.close() == 0
    assert ">> POST" in said
    assert "<< HTTP 201" in said
    assert "-- browser: http://127.0.0.1:" in said
    for line in said.splitlines():
        name, _, value = line.strip().replace("=", ": ", 1).partition(": ")
        if name in {"client_secret", "access_token", "refresh_token", "code", "code_verifier", "id_token"}:
            assert value.startswith("...")
            assert len(value) <= 9


def test_an_install_lives_over_tls_and_trusts_the_authority_that_it_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, "--tls") as secured:
        server = DemoServer(secured.issuer, secured.data_dir)
        opened = Terminal.open(server, tmp_path, "--ca-file", str(secured.authority))
        with opened.process:
            assert "[Unauthenticated]" in opened.do("register")
            assert "[Authenticated]" in opened.do("sign in")
            assert "[Authenticated]" in opened.do("refresh")
            assert "[Unauthenticated]" in opened.do("sign out")
            assert opened.close() == 0
        stranger = Terminal.open(server, tmp_path)
        with stranger.process:
            assert "Error: " in (said := stranger.do("register"))
            assert "[Registration]" in said
            assert stranger.close() == 0


def test_a_file_of_authorities_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text((ROOT / "examples" / "config.json").read_text())
    command: list[str | Path] = [sys.executable, APP, "--store", "memory", "--ca-file", "missing.pem", config]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "The file of trusted certificates cannot be used." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_end_of_the_input_ends_the_app(server: DemoServer, tmp_path: Path) -> None:
    opened = Terminal.open(server, tmp_path)
    with opened.process:
        opened.process.communicate(timeout=60)
    assert opened.process.returncode == 0
