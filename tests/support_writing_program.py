"""A process that writes and says what was acknowledged: `URL TASKS [answers-before-commit]`.

Each line on standard output is `added ID` or `rotated ID`, written when the store had answered. It goes on until it is
killed, until its standard input ends, or until the database is away. With the third argument the writer is a wrong one,
which answers first and commits afterwards: the harness has to find out.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Sequence

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.records import GrantKey
from keyfob_server.storage import postgres_database, writer
from keyfob_server.storage.databases import database_of
from support_stored_records import a_grant

_right_commit = writer.Writer._commit


def _answers_first(self: writer.Writer, group: list[writer.Member]) -> Sequence[writer.Outcome]:
    self._tell(group, [[("assumed",)] for _ in group])
    # as on a disk that takes its time
    time.sleep(0.005)
    return _right_commit(self, group)


def _say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


async def main(url: str, tasks: int) -> None:
    store = await database_of(url).open()
    ended = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        ended.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()

    async def write(name: str) -> None:
        number = 0
        while not ended.is_set():
            grant_id = f"{name}-{number}"
            assert await store.add_grant(a_grant(grant_id))
            _say(f"added {grant_id}")
            key = GrantKey(ClientId("instance-1"), GrantId(grant_id))
            assert await store.rotate_grant(key, presented=0, generation=1, now=2000)
            _say(f"rotated {grant_id}")
            number += 1

    try:
        await asyncio.gather(*(write(f"{os.getpid()}-{task}") for task in range(tasks)))
    except StorageUnavailable:
        # what the others were told meanwhile holds all the same
        os._exit(0)
    await store.close()


if __name__ == "__main__":
    if sys.argv[3:] == ["answers-before-commit"]:
        writer.Writer._commit = _answers_first  # type: ignore[method-assign] # the wrong twin
        postgres_database._SETTINGS["synchronous_commit"] = "off"
        postgres_database._LOSING = frozenset()  # type: ignore[misc] # the same on the other engine
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
