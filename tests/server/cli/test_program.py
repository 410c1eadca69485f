"""What all commands have in common: help, errors of one line, exit codes, where the settings are looked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support_keyfob_program import PROGRAM, Installation, environment, keyfob

pytestmark = pytest.mark.slow

HEAVY = ("alembic", "argon2", "asyncio", "cryptography", "jinja2", "joserfc", "msgspec", "sqlalchemy", "sqlite3")


@pytest.mark.parametrize("command", [[], ["init"], ["account"], ["account", "add"], ["instance", "suspend"]])
def test_help_goes_to_standard_output_and_needs_no_settings(command: list[str], tmp_path: Path) -> None:
    done = keyfob(*command, "--help", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: {' '.join(['keyfob', *command])} ")


def test_a_command_group_alone_shows_its_help_as_wrong_usage(tmp_path: Path) -> None:
    done = keyfob("account", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Usage: keyfob account ")


def test_help_loads_nothing_that_is_heavy() -> None:
    # coverage measures child processes too, and loads modules of its own there
    unmeasured = {name: value for name, value in environment().items() if not name.startswith("COVERAGE_")}
    listed = subprocess.run(
        [sys.executable, "-c", "import sys, keyfob_server.cli; print(*sys.modules, sep='\\n')"],
        env=unmeasured,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(listed.stdout.split())
    assert "click" in loaded
    assert loaded.isdisjoint({*HEAVY, "starlette", "uvicorn", "httpx"})


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["foo"], "No such command 'foo' (see `keyfob --help`)"),
        (["migrate", "--x"], "No such option '--x' (see `keyfob migrate --help`)"),
        (["account", "add"], "Missing option '--user-name' (see `keyfob account add --help`)"),
        (["account", "disable"], "Missing argument 'USER_NAME' (see `keyfob account disable --help`)"),
        (
            ["instance", "revoke"],
            "name instances by client id, or a person by --user (see `keyfob instance revoke --help`)",
        ),
        (
            ["instance", "revoke", "x", "--user", "y"],
            "name instances by client id, or a person by --user (see `keyfob instance revoke --help`)",
        ),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments: list[str], line: str, tmp_path: Path) -> None:
    assert keyfob(*arguments, cwd=tmp_path).refusal(2) == line


def test_what_an_argument_holds_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    refusal = keyfob("\x1b[2J\nx", cwd=tmp_path).refusal(2)
    assert "\x1b" not in refusal


def acts(installation: Installation) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(installation.keyfob("audit", "list", "--json").out)["acts"]
    return [act for act in found if act["event"] != "client.changed"]


@pytest.mark.parametrize(
    "before",
    [["account", "disable"], ["instance", "revoke"], ["audit", "verify", "--seal"], ["after-restore", "--reason"]],
    ids=lambda words: words[0],
)
def test_an_argument_that_is_no_utf_8_is_wrong_usage_and_nothing_is_done(
    before: list[str], installation: Installation
) -> None:
    odd = os.fsdecode(b"caf\xe9")
    refusal = installation.keyfob(*before, odd).refusal(2)
    assert refusal == "an argument is no UTF-8 text: 'caf\\xe9'"
    assert [row["event"] for row in acts(installation)] == ["account.added"]


def test_wrong_settings_are_one_line_that_counts_the_rest(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text('base_url = "https://id.example.com"\nx = 1\ny = 2\nz = 3\n')
    refusal = keyfob("account", "list", cwd=tmp_path).refusal(1)
    assert refusal == "keyfob.toml:2: x: is no setting (and 2 more: see `keyfob check-config`)"


def test_an_unforeseen_error_is_one_line_and_debug_shows_where_it_comes_from(tmp_path: Path) -> None:
    # A folder in the place of the file is foreseen by click; one that cannot be looked into is not.
    env = {"KEYFOB_DATA_DIR": "x" * 5000}
    line = keyfob("migrate", cwd=tmp_path, env=env).refusal(1)
    assert "File name too long" in line
    assert line.endswith("(`keyfob --debug ...` shows where)")
    shown = keyfob("--debug", "migrate", cwd=tmp_path, env=env)
    assert shown.code == 1
    assert "Traceback (most recent call last):" in shown.err
    assert "place.py" in shown.err


def test_a_reader_that_has_enough_ends_the_program_quietly(installation: Installation) -> None:
    installation.add_owner("anna", *(f"i-{number:04}" for number in range(500)))
    with subprocess.Popen(
        [PROGRAM, "instance", "list", "--limit", "500", "--json"],
        cwd=installation.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Unbuffered, the interpreter itself takes half a write for a whole one, and sees no closed pipe.
        env=environment({"PYTHONUNBUFFERED": ""}),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1
