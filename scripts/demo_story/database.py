"""The database as an administrator sees it: plain SQL, by the sqlite3 program."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo_story.child_process import ChildFailed

LIST = "select client_id, authenticated_user, status from dynamically_registered_clients;"


@dataclass(frozen=True, slots=True)
class Administrator:
    database: Path

    def runs(self, sql: str) -> list[tuple[str, ...]]:
        """Type the SQL, show what it says, and return the rows. Raises ChildFailed."""
        print(f'$ sqlite3 {self.database} "{sql}"')
        done = subprocess.run(
            ["sqlite3", "-batch", "-cmd", ".timeout 2000", self.database, sql],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if done.returncode:
            raise ChildFailed(f"sqlite3 says: {done.stderr.strip()}")
        for line in done.stdout.splitlines():
            print(f"    {line}")
        return [tuple(line.split("|")) for line in done.stdout.splitlines()]

    def sets_status(self, client_id: str, status: str) -> None:
        self.runs(f"update dynamically_registered_clients set status='{status}' where client_id='{client_id}';")  # noqa: S608 - shown to people as it is typed; both values are the story's own
