"""A PostgreSQL of the bench's own: its data, its socket, one address on the loopback, and gone with the bench."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from keyfob_bench.processes import family

USER: Final = "keyfob"
_DEBIAN: Final = Path("/usr/lib/postgresql")
_PATIENCE_S: Final = 60
_CONFIGURATION: Final = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
max_connections = 300
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = 1GB
effective_cache_size = 3GB
maintenance_work_mem = 256MB
max_wal_size = 8GB
checkpoint_timeout = 15min
random_page_cost = 1.1
autovacuum = on
"""


class Missing(RuntimeError):
    """PostgreSQL's server programs are not installed."""


class Postgres:
    """A started server, on one processor; every commit is on the disk before it is answered."""

    def __init__(self, core: int, parent: Path | None = None) -> None:
        """Starts it, with its data in a new folder below `parent` (the system's folder for temporary files when None).

        Raises Missing, and RuntimeError with what the program said when it does not start.
        """
        self._programs = _programs()
        # a short path: a socket's name has 107 characters at most
        self.folder = Path(tempfile.mkdtemp(prefix="kfbench-", dir=parent))
        self.port = _free_port()
        self.password = secrets.token_urlsafe(24)
        self._as = [*_another_user(self.folder), "taskset", "--cpu-list", str(core)]
        try:
            self._initialise()
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 - the bench starts what it measures
                    [*self._as, self._programs / "postgres", "-D", self.folder / "data"],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        except BaseException:
            self._remove()
            raise
        try:
            self._wait()
        except BaseException:
            self.close()
            raise

    @property
    def settings(self) -> Sequence[str]:
        """Sentences for the report."""
        version = self.sql("postgres", "show server_version").split()[0]
        return (
            f"PostgreSQL {version} on the load's processor; fsync, synchronous_commit and full_page_writes are on.",
            "Autovacuum is on; 1 GB of shared buffers.",
        )

    @property
    def pids(self) -> Sequence[int]:
        """The server, and every process of its that there is now."""
        return family(self._process.pid)

    def url(self, database: str) -> str:
        """By the socket, without a password."""
        return f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}"

    def url_by_tcp(self, database: str) -> str:
        """For drivers that know no sockets; the host is 127.0.0.1."""
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None:
        self.sql("postgres", f'create database "{database}"')

    def drop(self, database: str) -> None:
        self.sql("postgres", f'drop database if exists "{database}" with (force)')

    def sql(self, database: str, text: str) -> str:
        """What psql prints, unaligned, without a head; raises CalledProcessError."""
        command = [str(self._programs / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text, self.url(database)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - psql

    def close(self) -> None:
        """Ends the server at once, and removes its data."""
        if self._process.poll() is None:
            # immediate: what is thrown away need not be checkpointed
            self._process.send_signal(signal.SIGQUIT)
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _initialise(self) -> None:
        password = self.folder / "password"
        password.write_text(self.password)
        _give_to_its_user(password)
        command: list[str | Path] = [
            *self._as,
            self._programs / "initdb",
            *("-D", self.folder / "data", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - initdb
        if done.returncode != 0:
            raise RuntimeError(f"initdb: {done.stderr}")
        password.unlink()
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION.format(folder=self.folder, port=self.port))

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        command = [str(self._programs / "pg_isready"), "-q", "-h", str(self.folder), "-p", str(self.port)]
        while self._process.poll() is None and time.monotonic() < deadline:
            if subprocess.run(command, check=False).returncode == 0:  # noqa: S603 - pg_isready
                return
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not start: {(self.folder / 'log').read_text()}")


def _programs() -> Path:
    """The folder of `initdb` and `postgres`: the newest of Debian's packages, or what PATH holds."""
    for folder in sorted(_DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise Missing("PostgreSQL's server programs are not installed")
    return Path(found).resolve().parent


def _another_user(folder: Path) -> Sequence[str]:
    """PostgreSQL refuses to run as root: what to say before its programs, and the folder made theirs."""
    # however the bench ends, its database ends with it
    before = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return before
    user = _its_user()
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [*before, "--reuid", str(user.pw_uid), "--regid", str(user.pw_gid), "--clear-groups"]


def _give_to_its_user(file: Path) -> None:
    file.chmod(0o600)
    if os.geteuid() == 0:
        user = _its_user()
        os.chown(file, user.pw_uid, user.pw_gid)


def _its_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
