"""`keyfob serve --workers`: several processes on one pair of sockets, on PostgreSQL."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from demo_story.child_process import end, read_until, start
from demo_story.server_process import PROGRAM
from keyfob_server.composition.workers import WorkerFailed, run_workers
from support_keyfob_program import keyfob
from support_nodes import free_port
from support_polling import eventually
from support_postgres import cluster

pytestmark = pytest.mark.slow

HEALTH = "/health/live"


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """An installation on PostgreSQL."""
    name = f"workers_{abs(hash(request.node.name))}"
    cluster().psql("postgres", f"create database {name}")
    env = {"KEYFOB_DATABASE_URL": cluster().url(name)}
    made = keyfob("init", "--data-dir", "data", "--base-url", "http://127.0.0.1:8443", cwd=tmp_path, env=env)
    assert made.code == 0, made.err
    assert f"and the tables in the database {name} at {cluster().folder}." in made.out
    configuration = tmp_path / "data" / "keyfob.toml"
    text = configuration.read_text().replace("sqlite:///keyfob.db", cluster().url(name))
    configuration.write_text(text + 'log_level = "error"\n' if "[" not in text else 'log_level = "error"\n' + text)
    yield tmp_path / "data"
    cluster().psql("postgres", f"drop database {name} with (force)")


def serving(folder: Path, *arguments: str) -> tuple["subprocess.Popen[bytes]", str, str]:
    """The program, and its two addresses."""
    port, admin_port = free_port(), free_port()
    more = {"KEYFOB_PORT": str(port), "KEYFOB_ADMIN_PORT": str(admin_port)}
    process = start([PROGRAM, "--config", folder / "keyfob.toml", "serve", *arguments], more=more)
    return process, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}"


def children(process: "subprocess.Popen[bytes]") -> set[int]:
    return {int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()}


def test_a_process_that_is_killed_is_replaced_while_the_others_serve(folder: Path) -> None:
    process, public, admin = serving(folder, "--workers", "3")
    try:
        read_until(process, lambda text: "ready: " in text)
        before = children(process)
        assert len(before) == 3
        os.kill(min(before), signal.SIGKILL)
        for _ in range(20):
            assert httpx.get(f"{public}/oauth/v2/oauth-anonymous/jwks").status_code == 200
        eventually(lambda: len(children(process)) == 3 and children(process) != before)
        assert httpx.get(admin + HEALTH).status_code == 200
        said = read_until(process, lambda text: "another is started" in text)
        assert "process 1 of 3 ended with signal 9; another is started" in said
        assert end(process) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in before)
    finally:
        end(process)


def test_a_hang_up_ends_nobody(folder: Path) -> None:
    process, _, admin = serving(folder, "--workers", "2")
    try:
        read_until(process, lambda text: "ready: " in text)
        before = children(process)
        process.send_signal(signal.SIGHUP)
        assert httpx.get(admin + HEALTH).status_code == 200
        assert children(process) == before
    finally:
        assert end(process) == 0


def test_processes_that_cannot_start_say_why_and_end(folder: Path) -> None:
    (folder / "keyfob.keys").unlink()
    done = keyfob("--config", "keyfob.toml", "serve", "--workers", "2", cwd=folder)
    assert done.code == 5
    assert re.search(r"keyfob: .*keyfob\.keys", done.err)
    assert done.err.endswith("keyfob: a process did not come to serve; its own line says why\n")


def test_sqlite_serves_one_process_and_says_so(tmp_path: Path) -> None:
    assert keyfob("init", "--data-dir", "data", "--base-url", "http://127.0.0.1:8443", cwd=tmp_path).code == 0
    done = keyfob("serve", "--workers", "2", cwd=tmp_path / "data")
    assert done.refusal(5) == "SQLite serves one process: several need PostgreSQL (database_url)"


def test_the_demo_is_one_process(tmp_path: Path) -> None:
    done = keyfob("serve", "--demo", "--workers", "2", cwd=tmp_path)
    assert (done.code, "--workers goes without --demo" in done.err) == (2, True)


def test_the_first_failure_ends_those_that_came_before() -> None:
    """In a process of its own, for it forks and waits for all children."""
    pid = os.fork()
    if pid == 0:

        def work(number: int, ready: object) -> None:
            if number == 0:
                assert callable(ready)
                ready()
                signal.pause()
            os._exit(7)

        try:
            run_workers(2, work, on_ready=lambda: os._exit(1))
        except WorkerFailed:
            os._exit(0)
        os._exit(2)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
