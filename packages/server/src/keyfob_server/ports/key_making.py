from typing import Protocol

from keyfob_server.rules.records import SigningKeyRecord


class KeyMaker(Protocol):
    """Makes signing keys; nothing knows of them until somebody publishes them."""

    def algorithms(self) -> tuple[str, ...]: ...

    async def make(self, alg: str, *, created: int, signs_from: int) -> SigningKeyRecord:
        """Off the event loop: it takes up to a second. Raises KeyMakerUnusable."""
        ...


class KeyMakerUnusable(Exception):
    """The root keys cannot be read now: one line that says why."""
