"""What is counted so that nobody can try too often: in this node's memory, and in rows."""

from typing import Protocol

from keyfob_server.rules.limits import Limit, SignInDelays


class RateLimiter(Protocol):
    """Buckets by a limit's name and a key, on this node. What is refused is not counted."""

    def hit(self, limit: Limit, key: str) -> int | None:
        """Take one. The seconds to wait when the bucket is empty, else None."""
        ...

    def peek(self, limit: Limit, key: str) -> int | None:
        """What `hit` would answer, with nothing taken."""
        ...

    def give_back(self, limit: Limit, key: str) -> None:
        """Undo one `hit`."""
        ...

    def clear(self, limit: Limit, key: str) -> None:
        """Fill the bucket."""
        ...


class SignInFailureStore(Protocol):
    """Failed sign-ins by the hashes of a user name and of where they come from. All raise StorageUnavailable."""

    async def count_sign_in(self, name_hash: str, source_hash: str, delays: SignInDelays) -> int | None:
        """Count one before it is judged: how many there are now. None, and nothing counted, while the delay runs."""
        ...

    async def uncount_sign_in(self, name_hash: str, source_hash: str, *, failures: int) -> None:
        """Take back one that was not judged, and the delay that it made, unless another one was counted since."""
        ...

    async def clear_sign_ins(self, name_hash: str, source_hash: str) -> None: ...
