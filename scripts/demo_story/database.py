"""The database as an administrator sees it: plain SQL, by the program that belongs to it."""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from demo_story.child_process import ChildFailed

LIST = "select client_id, authenticated_user, status from dynamically_registered_clients;"


@dataclass(frozen=True, slots=True)
class Shell:
    """`sqlite3` or `psql` on one database."""

    typed: str
    """What a person types before the SQL, which follows in double quotes."""
    command: tuple[str, ...]
    """The same for a program that reads the answer, whose columns are parted by bars."""


def shell_of(file: Path, database_url: str | None, *, shown_as: str = "") -> Shell:
    """Of the server's file, `shown_as` when that is given; or of PostgreSQL, when the server was told its URL."""
    if database_url is None:
        typed = f"sqlite3 {shlex.quote(shown_as or str(file))}"
        return Shell(typed, ("sqlite3", "-batch", "-cmd", ".timeout 2000", str(file)))
    return Shell(f"psql {shlex.quote(_without_password(database_url))} -c", ("psql", "-XAtq", database_url, "-c"))


def _without_password(url: str) -> str:
    """A person has it in a `.pgpass` file."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl() if parts.password else url


@dataclass(frozen=True, slots=True)
class Administrator:
    shell: Shell

    def runs(self, sql: str) -> list[tuple[str, ...]]:
        """Type the SQL, show what it says, and return the rows. Raises ChildFailed."""
        print(f'$ {self.shell.typed} "{sql}"')
        done = subprocess.run([*self.shell.command, sql], capture_output=True, text=True, timeout=30, check=False)
        if done.returncode:
            raise ChildFailed(f"{self.shell.command[0]} says: {done.stderr.strip()}")
        for line in done.stdout.splitlines():
            print(f"    {line}")
        return [tuple(line.split("|")) for line in done.stdout.splitlines()]

    def sets_status(self, client_id: str, status: str) -> None:
        self.runs(f"update dynamically_registered_clients set status='{status}' where client_id='{client_id}';")  # noqa: S608 - shown to people as it is typed; both values are the story's own
