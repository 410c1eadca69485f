from typing import Protocol


class OriginStore(Protocol):
    async def lists_origin(self, origin: str) -> bool:
        """Whether any static client or template lists this well-formed origin. Raises StorageUnavailable."""
        ...
