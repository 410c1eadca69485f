"""What all commands have in common: help, errors of one line, exit codes, where the settings are looked for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from keyfob_server.cli.failures import ExitCode
from keyfob_server.cli.reference import MEANINGS, reference
from support_keyfob_program import PROGRAM, Installation, environment, keyfob
from support_sqlite_faults import sqlite_shell

ROOT = Path(__file__).parents[3]
HEAVY = ("alembic", "argon2", "asyncio", "cryptography", "jinja2", "joserfc", "msgspec", "sqlalchemy", "sqlite3")


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8") == reference()


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)


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
    listed = subprocess.run(
        [sys.executable, "-c", "import sys, keyfob_server.cli; print(*sys.modules, sep='\\n')"],
        env=environment(),
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


def test_without_settings_it_is_said_where_they_were_looked_for(tmp_path: Path) -> None:
    refusal = keyfob("migrate", cwd=tmp_path).refusal(1)
    assert refusal.startswith("there is no keyfob.toml here or in keyfob-data: name it with --config, or make one with")


def test_wrong_settings_are_one_line_that_counts_the_rest(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text('base_url = "https://id.example.com"\nx = 1\ny = 2\nz = 3\n')
    refusal = keyfob("account", "list", cwd=tmp_path).refusal(1)
    assert refusal == "keyfob.toml:2: x: is no setting (and 2 more: see `keyfob check-config`)"


def test_settings_are_looked_for_in_the_order_that_is_documented(tmp_path: Path) -> None:
    for name in ("named.toml", "variable.toml", "keyfob.toml", "keyfob-data/keyfob.toml", "moved/keyfob.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('base_url = "https://id.example.com"\n')
    env = {"KEYFOB_CONFIG": "variable.toml"}

    def read(*options: str, env: dict[str, str] | None = None) -> str:
        done = keyfob(*options, "check-config", cwd=tmp_path, env=env)
        return done.out.removesuffix(": the settings are good\n")

    assert read("--config", "named.toml", env=env) == "named.toml"
    assert read(env=env) == "variable.toml"
    assert read() == "keyfob.toml"
    (tmp_path / "keyfob.toml").unlink()
    assert read() == "keyfob-data/keyfob.toml"
    assert read(env={"KEYFOB_DATA_DIR": "moved"}) == "moved/keyfob.toml"
    shutil.rmtree(tmp_path / "keyfob-data")
    assert read(env={"KEYFOB_BASE_URL": "https://id.example.com"}) == "the environment"


def test_a_file_that_is_named_and_missing_is_an_error_also_when_another_lies_here(installation: Installation) -> None:
    refusal = installation.keyfob("--config", "other.toml", "account", "list").refusal(1)
    assert refusal == "other.toml: cannot be read: No such file or directory"


def test_an_unusable_database_is_one_line_and_exit_code_5(installation: Installation) -> None:
    installation.database.write_bytes(b"this is no database, whatever else it may be" * 100)
    for command in (["account", "list"], ["instance", "list"], ["migrate"]):
        assert "file is not a database" in installation.keyfob(*command).refusal(5)
    installation.database.unlink()
    assert "run `keyfob migrate`" in installation.keyfob("account", "list").refusal(5)


@pytest.mark.slow
def test_a_locked_database_is_one_line_and_exit_code_5_and_nothing_was_changed(installation: Installation) -> None:
    installation.add_owner("anna", "i-1")
    with sqlite_shell(installation.database) as shell:
        assert shell.say("begin immediate;") == []
        installation.keyfob("instance", "revoke", "i-1").refusal(5)
        assert shell.say("rollback;") == []
    assert installation.statuses() == {"i-1": "active"}
    assert installation.keyfob("instance", "revoke", "i-1").code == 0


@pytest.mark.slow
def test_migrate_creates_a_database_and_may_run_again(installation: Installation) -> None:
    installation.database.unlink()
    for _ in range(2):
        done = installation.keyfob("migrate")
        assert (done.code, done.out) == (0, f"{installation.database}: the schema is 0001, the newest\n")
    assert installation.keyfob("account", "list", "--json").document() == {"accounts": [], "next": None}


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
