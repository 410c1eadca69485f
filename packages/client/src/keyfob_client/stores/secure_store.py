"""What the library asks of a store: bytes by name. Every platform has one adapter."""

from typing import Protocol


class SecureStore(Protocol):
    """Each method raises StoreUnavailable when the store is locked or missing, and nothing else."""

    def get(self, name: str) -> bytes | None: ...

    def set(self, name: str, value: bytes) -> None: ...

    def delete(self, name: str) -> None:
        """Of what is not there: no error."""
