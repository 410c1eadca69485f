import time


class SystemClock:
    def now(self) -> int:
        """Epoch seconds of this node."""
        return int(time.time())
