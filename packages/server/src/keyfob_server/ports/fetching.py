"""Documents of other servers, fetched by address: the only way in which the server asks anybody anything by https."""

from dataclasses import dataclass
from typing import Protocol


class FetchRefused(Exception):
    """The URI, or an address that its host has, is not one to fetch from. `reason` is for the log alone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FetchFailed(Exception):
    """There was no usable answer. `reason` is for the log alone: it tells what can be reached from here."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    body: bytes
    """64 KiB at most, as it came; nothing of it was judged."""
    media_type: str
    """In lower case, without parameters; empty when the answer named none."""


class Fetcher(Protocol):
    async def fetch(self, uri: str) -> Fetched:
        """What a GET of an https URI answers, from a cache when it was asked lately.

        Raises FetchRefused and FetchFailed, whatever the URI is; takes seconds at most.
        """
        ...
