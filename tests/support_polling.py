"""Waits for what another program or thread does."""

import time
from collections.abc import Callable

DEADLINE_S = 30.0


def eventually(holds: Callable[[], bool]) -> None:
    """Returns when it holds. AssertionError after a deadline that no healthy run comes near."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.01)
