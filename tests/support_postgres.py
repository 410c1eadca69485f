"""A PostgreSQL of the test run's own: its data, its socket, no network, and gone with the run."""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from support_polling import eventually

SUPERUSER = "keyfob"
_DEBIAN = Path("/usr/lib/postgresql")

# what is durable stays so; the rest is for many small databases on a small machine
_CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 200
shared_buffers = 64MB
autovacuum = off
max_wal_size = 4GB
"""


def postgres_programs() -> Path:
    """The folder of `initdb` and `postgres`: the newest of Debian's packages, or what PATH holds."""
    for folder in sorted(_DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    assert found is not None, "PostgreSQL's server programs are not installed"
    return Path(found).resolve().parent


class Cluster:
    """A server process and its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._programs = postgres_programs()
        self._as = _another_user(folder)
        self._program: subprocess.Popen[bytes] | None = None
        self._run("initdb", "-D", str(self._data), "-U", SUPERUSER, "--auth=trust", "--no-sync", "-E", "UTF8",
                  "--locale=C.UTF-8")  # fmt: skip
        with (self._data / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION.format(folder=folder))

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        command = [*self._as, str(self._programs / "postgres"), "-D", str(self._data)]
        self._program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        eventually(self._is_ready)

    def stop(self) -> None:
        """Fast, as `pg_ctl stop` does."""
        if self._program is not None:
            self._program.send_signal(signal.SIGINT)
            self._program.wait(timeout=60)
            self._program = None

    def remove(self) -> None:
        """Without waiting: the files of some hundred databases take longer than a worker of the run is given to end."""
        if self._program is not None:
            self._program.send_signal(signal.SIGQUIT)
            self._program.wait(timeout=60)
            self._program = None
        subprocess.run(["setsid", "--fork", "rm", "-rf", "--", str(self.folder)], check=True)

    def kill(self) -> None:
        """As a power cut does: all of its processes at once."""
        for pid in self.pids():
            # one whose client just left ends by itself
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert self._program is not None
        self._program.wait(timeout=60)
        self._program = None

    def pids(self) -> list[int]:
        """The server, and every process of its."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [self.pid, *map(int, children)]

    @property
    def pid(self) -> int:
        assert self._program is not None
        return self._program.pid

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}"

    def psql(self, database: str, *texts: str) -> str:
        """What a person's `psql` prints, unaligned; raises CalledProcessError."""
        command = self.psql_command(self.url(database))
        for text in texts:
            command += ["-c", text]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def psql_command(self, url: str) -> list[str]:
        return [str(self._programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", url]

    def _is_ready(self) -> bool:
        assert self._program is not None
        assert self._program.poll() is None, (self.folder / "log").read_text()
        command = [str(self._programs / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(command, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as, str(self._programs / program), *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def _another_user(folder: Path) -> Sequence[str]:
    """PostgreSQL refuses to run as root: what to say before its programs, and the folder made theirs."""
    death = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return death
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [*death, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]


@lru_cache
def cluster() -> Cluster:
    """The one of this process, started when it is first asked for."""
    made = new_cluster()
    atexit.register(made.remove)
    return made


def new_cluster() -> Cluster:
    """Started; `remove` is the caller's."""
    # a short path: a socket's name has 107 characters at most
    made = Cluster(Path(tempfile.mkdtemp(prefix="kfpg-", dir="/tmp")))
    made.start()
    return made
