from typing import Protocol

from keyfob_server.rules.acts import Act


class StoredSettings(Protocol):
    """What administrators decide while the server runs. All raise StorageUnavailable."""

    async def get(self, name: str) -> str:
        """Empty when nobody decided anything, or took it back."""
        ...

    async def put(self, name: str, value: str, *, seen: str, act: Act) -> bool:
        """Store `value` in the place of `seen`, with its audit row; False when it is not that any more."""
        ...
