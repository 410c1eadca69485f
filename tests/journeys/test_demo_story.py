"""`./demo --headless`, after its set-up: it tells the whole story, or says where it ended."""

import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from demo_story.database import LIST
from source_tree import ROOT
from support_engines import Engine, engine_of, serve_options
from support_process import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
PATIENCE_S = 240
PNG = b"\x89PNG\r\n\x1a\n"
# Whoever switches the instance off by hand finds it switched on again.
STUBBORN = """
    create trigger stubborn after update of status on dynamically_registered_clients when new.status = 'inactive'
    begin update dynamically_registered_clients set status = 'active' where client_id = new.client_id; end
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where all that is temporary goes. Chromium's sockets lie there too, and their paths must be short."""
    with TemporaryDirectory(prefix="story-") as folder:
        yield Path(folder)


def story(pictures: Path, temporary: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "demo_story", "--headless", "--pictures", pictures, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def left_running(temporary: Path) -> list[str]:
    """Command lines of the processes that were started with the story's temporary folder."""
    mark = f"TMPDIR={temporary}\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes() + b"\0":
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def shown_in_full(out: str) -> list[str]:
    """Lines with something as long as a secret or token of ours, but for the public keys and the PKCE challenges."""
    lines = [line.strip() for line in out.splitlines()]
    public = [line for line in lines if not line.startswith(("keys: ", "code_challenge="))]
    return [line for line in public if re.search(r"[=: ](?=\S*\d)(?=\S*[A-Z])[\w-]{43}", line)]


def test_a_secret_in_the_story_would_be_noticed() -> None:
    assert shown_in_full(f"    client_secret: {secrets.token_urlsafe(32)}A1") != []


@pytest.mark.parametrize(
    ("engine", "arguments"),
    [(engine_of("sqlite"), ()), (engine_of("postgresql"), ("--tls",))],
    ids=["sqlite-http", "postgresql-https"],
)
def test_the_story_is_told_to_its_end_with_a_picture_of_every_page(
    tmp_path: Path, temporary: Path, engine: Engine, arguments: tuple[str, ...]
) -> None:
    arguments += serve_options(engine, tmp_path)
    told = story(tmp_path / "pictures", temporary, *arguments)
    out, err = told.communicate(timeout=PATIENCE_S)
    assert (told.returncode, err) == (0, ""), out[-2000:] + err
    assert out.splitlines()[-1] == "journey complete: 10 of 10 steps"
    assert ("server: https://localhost:" in out) is ("--tls" in arguments)
    pictures = sorted((tmp_path / "pictures").glob("*.png"))
    assert str(tmp_path / "pictures") in out
    assert len(pictures) == 40
    for picture in pictures:
        content = picture.read_bytes()
        width = int.from_bytes(content[16:20], "big")
        assert content.startswith(PNG), picture.name
        assert 2_000 < len(content) < 1_000_000, picture.name
        assert width in {390, 1280}, picture.name
    steps = re.findall(r"^=== (\d+) of 10: ", out, re.MULTILINE)
    assert steps == [str(number) for number in range(1, 11)]
    assert "The server counted 0 POSTs to a sign-in page." in out
    shell = "psql" if "--database-url" in arguments else "sqlite3"
    assert re.search(rf'^\$ {shell} .* "{re.escape(LIST)}"$', out, re.MULTILINE)
    assert len(re.findall(rf'^\$ {shell} .* "update ', out, re.MULTILINE)) == 3
    assert re.search(r"^    [0-9a-f-]{36}\|demouser\|active$", out, re.MULTILINE)
    assert re.search(r"^The owner's page /devices says: My blue phone This browser ", out, re.MULTILINE)
    assert out.count("client_name: Garden and Balcony") == 1
    assert re.search(r"instance\.revoked .* admin page: admin .* the phone was stolen$", out, re.MULTILINE)
    assert shown_in_full(out) == []
    assert left_running(temporary) == []
    assert list(temporary.iterdir()) == []


def test_a_server_that_keeps_a_suspended_app_going_fails_the_seventh_step(tmp_path: Path, temporary: Path) -> None:
    with serving(tmp_path) as server:
        pass
    with sqlite3.connect(server.database) as database:
        database.execute(STUBBORN)
    database.close()
    told = story(tmp_path / "pictures", temporary, "--data-dir", str(server.data_dir))
    out, err = told.communicate(timeout=PATIENCE_S)
    assert told.returncode == 1
    assert err.startswith("journey failed at step 7 of 10 (inactive by plain SQL")
    assert "the app does not say that it is suspended" in err
    assert "journey complete" not in out
    assert left_running(temporary) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_story_that_is_interrupted_leaves_nothing_behind(
    tmp_path: Path, temporary: Path, number: signal.Signals, status: int
) -> None:
    told = story(tmp_path / "pictures", temporary)
    assert told.stdout is not None
    for line in told.stdout:
        if line.startswith("=== 2 of 10"):
            break
    assert left_running(temporary) != []
    told.send_signal(number)
    out, _ = told.communicate(timeout=PATIENCE_S)
    assert told.returncode == status
    assert "journey complete" not in out
    assert left_running(temporary) == []
    assert list(temporary.iterdir()) == []
