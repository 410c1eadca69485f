"""Names to addresses, beside the event loop."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from keyfob_server.ports.fetching import FetchFailed

LookUp = Callable[[str, int], Sequence[str]]
"""The addresses of a host, in the order to try; blocks; raises OSError or UnicodeError."""

MAX_ADDRESSES = 64


def system_look_up(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Resolver:
    """A look-up cannot be cancelled, so no more than `threads` of them run, however slow their name servers are."""

    def __init__(self, look_up: LookUp, *, threads: int) -> None:
        self._look_up = look_up
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolver")

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """All of them, each once. Raises FetchFailed when there are none, or more than anybody needs."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, self._look_up, host, port)
        except (OSError, UnicodeError):
            raise FetchFailed("its host has no address") from None
        addresses = tuple(dict.fromkeys(found))
        if not 1 <= len(addresses) <= MAX_ADDRESSES:
            raise FetchFailed("its host has no address, or too many")
        return addresses

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
