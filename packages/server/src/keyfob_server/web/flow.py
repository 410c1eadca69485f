"""How fast a client is listened to: no faster than it is answered."""

import asyncio
from collections.abc import Callable, Collection
from typing import Final

from uvicorn.protocols.http.flow_control import FlowControl

PIECE: Final = 8192
"""Bytes that are heard together. A short request takes a hundred times its own bytes while it waits for its turn."""


class InTurn(FlowControl):
    """Nothing is read, and no piece is heard, while a request waits for its turn: what is in front of it has come with
    all of its bodies. Otherwise each answer would let in as many requests as one read holds.
    """

    def __init__(
        self, transport: asyncio.Transport, waiting: Collection[object], hear: Callable[[bytes], None]
    ) -> None:
        super().__init__(transport)
        self._waiting = waiting
        self._hear = hear
        self._unheard = b""
        self._promised = False

    def take(self, data: bytes) -> None:
        """What was read: heard piece by piece, until reading pauses; the rest when it goes on."""
        if self._unheard:
            self._unheard += data
            return
        self._hear(data[:PIECE])
        start = PIECE
        while start < len(data) and not self.read_paused and not self._transport.is_closing():
            self._hear(data[start : start + PIECE])
            start += PIECE
        self._unheard = data[start:]

    def resume_reading(self) -> None:
        if self._waiting:
            return
        if not self._unheard:
            super().resume_reading()
        elif not self._promised:
            # not here: this may be said in the middle of what is heard
            self._promised = True
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._promised = False
        if not self._transport.is_closing():
            data, self._unheard = self._unheard[:PIECE], self._unheard[PIECE:]
            self._hear(data)
            self.resume_reading()
