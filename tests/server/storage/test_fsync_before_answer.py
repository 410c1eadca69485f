"""What kill -9 cannot show: that an answer waits until the disk has the write, as the kernel sees it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "support_writing_program.py"
ACKNOWLEDGED = 20

_CALL = re.compile(r"^\d+\s+(\w+)\(\d+<([^>]*)>")
_RESUMED = re.compile(r"^\d+\s+<\.\.\. (?:fdatasync|fsync) resumed>")


def _events(trace: str) -> Iterator[str]:
    """`written` for bytes of the log, `synced` when a sync of it returned, `answered` for an acknowledgement."""
    syncing = False
    for line in trace.splitlines():
        call = _CALL.match(line)
        if call and call[1].startswith("pwrite") and call[2].endswith("-wal"):
            yield "written"
        elif call and call[1] in {"fdatasync", "fsync"} and call[2].endswith("-wal"):
            syncing = "unfinished" in line
            if line.endswith("= 0"):
                yield "synced"
        elif syncing and _RESUMED.match(line) and line.endswith("= 0"):
            syncing = False
            yield "synced"
        elif call and call[1] == "write" and re.search(r'"(added|rotated) ', line):
            yield "answered"


def _unsynced_answers(path: Path, folder: Path, *mode: str) -> tuple[int, int]:
    """How many answers there were, and how many of them without a write and then a sync since the one before."""
    trace = folder / "trace"
    traced = ["strace", "-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", str(trace)]
    command = [*traced, sys.executable, str(PROGRAM), f"sqlite:///{path}", "1", *mode]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        for _ in range(ACKNOWLEDGED):
            assert program.stdout.readline()
        program.stdin.close()
        program.stdout.read()
    assert program.returncode == 0
    answers = unsynced = 0
    state = "answered"
    for event in _events(trace.read_text()):
        if event == "answered":
            answers += 1
            unsynced += state != "synced"
            state = event
        elif event == "written" or state == "written":
            state = event
    return answers, unsynced


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_every_answer_follows_a_sync_that_follows_the_write(path: Path, tmp_path: Path) -> None:
    answers, unsynced = _unsynced_answers(path, tmp_path)
    assert answers >= ACKNOWLEDGED
    assert unsynced == 0


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_the_same_trace_finds_a_writer_that_answers_before_it_commits(path: Path, tmp_path: Path) -> None:
    _, unsynced = _unsynced_answers(path, tmp_path, "answers-before-commit")
    assert unsynced > 0
