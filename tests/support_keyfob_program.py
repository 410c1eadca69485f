"""The real `keyfob` program, run as a process on the files of a real installation."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from keyfob_server.ports.storage import Store
from keyfob_server.storage.sqlite import open_sqlite
from support_stored_records import an_account, an_instance

PROGRAM = Path(sys.executable).with_name("keyfob")
PATIENCE_S = 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    def document(self) -> dict[str, object]:
        assert self.code == 0, self.err
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    def refusal(self, code: int) -> str:
        """The one line of an error, without the program's name."""
        assert (self.code, self.out) == (code, ""), self
        assert self.err.startswith("keyfob: ")
        assert self.err.endswith("\n")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("keyfob: ").rstrip("\n")


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables as here, but of KEYFOB_* only those given."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEYFOB_")},
        **(more or {}),
    }


def keyfob(*arguments: str, cwd: Path, stdin: str = "", env: Mapping[str, str] | None = None) -> Outcome:
    """Run it to its end, with standard input that is no terminal."""
    done = subprocess.run(
        [PROGRAM, *arguments],
        cwd=cwd,
        input=stdin.encode(errors="surrogateescape"),
        env=environment(env),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def keyfob_in_terminal(
    *arguments: str, cwd: Path, typed: str, before_typing: Callable[[], None] = lambda: None
) -> tuple[int, str]:
    """Run it with a terminal of its own; the exit code, and all that the terminal showed."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(),
        # Its own session has no other terminal that it could ask instead.
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        answers = typed.encode().splitlines(keepends=True)
        while True:
            try:
                chunk = os.read(ours, 4096)
            except OSError:
                # Linux says so when the other end of a terminal is closed.
                break
            if not chunk:
                break
            shown += chunk
            if answers and shown.rstrip(b" ").endswith(b":"):
                before_typing()
                os.write(ours, answers.pop(0))
        os.close(ours)
        return process.wait(PATIENCE_S), shown.decode()


@dataclass(frozen=True, slots=True)
class Installation:
    folder: Path
    """It holds keyfob.toml: commands run in it."""
    password: str

    def keyfob(self, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Outcome:
        return keyfob(*arguments, cwd=self.folder, stdin=stdin, env=env)

    @property
    def database(self) -> Path:
        return self.folder / "keyfob.db"

    def with_store(self, act: Callable[[Store], Awaitable[T]]) -> T:
        """Act on the database as the server would."""

        async def run() -> T:
            store = await open_sqlite(self.database)
            try:
                return await act(store)
            finally:
                await store.close()

        return asyncio.run(run())

    def add_owner(self, user_name: str, *client_ids: str, app: str = "Demo App") -> None:
        """An account, and instances that it registered."""

        async def add(store: Store) -> None:
            assert await store.add_account(an_account(user_name), password_hash="none")
            for number, client_id in enumerate(client_ids):
                instance = an_instance(client_id, owner=user_name, created=1000 + number)
                metadata = replace(instance.metadata, names={"client_name": app})
                assert await store.add_instance(replace(instance, metadata=metadata))

        self.with_store(add)

    def statuses(self) -> dict[str, str]:
        """The status of each instance, by client id."""

        async def read(store: Store) -> dict[str, str]:
            return {one.client_id: one.status for one in await store.list_instances(limit=1000)}

        return self.with_store(read)
