"""What a job looks at before it is too late, and what it found. All raise StorageUnavailable."""

from typing import Literal, Protocol

from keyfob_server.rules.instance_count import CountedPage

Note = Literal["watch.alarms", "watch.instances"]


class WatchStore(Protocol):
    async def get_note(self, name: Note) -> str:
        """Empty at first."""
        ...

    async def put_note(self, name: Note, value: str, *, seen: str) -> bool:
        """Store `value` in the place of `seen`; False, and nothing changed, when it is not that any more."""
        ...

    async def count_page(self, *, after: str, limit: int) -> CountedPage:
        """Of one page of all instances, by client id and behind `after`."""
        ...


class SpaceGauge(Protocol):
    """How large the database is, and what is left."""

    async def used_bytes(self) -> int: ...

    async def free_bytes(self) -> int | None:
        """On the disk of the database; None where it is not this machine's."""
        ...
