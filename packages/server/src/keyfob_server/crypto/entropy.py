"""Random bytes and time-ordered ids."""

import os
import time
from threading import Lock

_COUNTER_BITS = 12
_COUNTER_END = 1 << _COUNTER_BITS


class SystemEntropy:
    """The operating system's generator, and UUIDv7 that rise within the process (RFC 9562 section 6.2, method 1).

    An id is not a secret: it says when it was made. Two of one millisecond differ in a counter, those of two processes
    in 62 random bits.
    """

    __slots__ = ("_counter", "_lock", "_milliseconds")

    def __init__(self) -> None:
        self._lock = Lock()
        self._milliseconds = 0
        self._counter = 0

    def uuid7(self) -> str:
        milliseconds, counter = self._next_tick()
        tail = int.from_bytes(os.urandom(8), "big") >> 2
        value = f"{milliseconds << 80 | 7 << 76 | counter << 64 | 0b10 << 62 | tail:032x}"
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"

    def _next_tick(self) -> tuple[int, int]:
        """Milliseconds and a counter that together never fall, also when the clock is set back."""
        present = time.time_ns() // 1_000_000
        with self._lock:
            self._counter += 1
            if present <= self._milliseconds and self._counter < _COUNTER_END:
                return self._milliseconds, self._counter
            self._milliseconds = max(present, self._milliseconds + 1)
            # Half the range stays free to count in, the other half makes the next id of this process hard to name.
            self._counter = int.from_bytes(os.urandom(2), "big") % (_COUNTER_END // 2)
            return self._milliseconds, self._counter

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)
