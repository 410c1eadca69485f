"""Who holds a SQLite file's locks, for one line in the log."""

import re
from pathlib import Path
from typing import Final

_LOCK: Final = re.compile(r"^\d+: (?:POSIX|OFDLCK)\s+\S+\s+WRITE (-?\d+) [0-9a-f]+:[0-9a-f]+:(\d+) ")


def lock_holders(path: Path) -> str:
    """`pid 12 (sqlite3)` for each, from /proc/locks where there is one; `unknown` otherwise."""
    try:
        lines = Path("/proc/locks").read_text(encoding="ascii", errors="replace").splitlines()
        # in WAL mode writers lock bytes of the shared-memory file
        inodes = {str(file.stat().st_ino) for file in (path, Path(f"{path}-shm")) if file.exists()}
    except OSError:
        return "unknown"
    found = (_LOCK.match(line) for line in lines)
    pids = sorted({match[1] for match in found if match and match[2] in inodes})
    return ", ".join(f"pid {pid} ({_program(pid)})" for pid in pids) or "unknown"


def _program(pid: str) -> str:
    try:
        name = Path("/proc", pid, "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"
    return "".join(character for character in name if character.isprintable())
