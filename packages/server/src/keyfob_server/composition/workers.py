"""Several processes on the same two sockets: one is started after the other, and one that dies is replaced."""

import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

_log = logging.getLogger(__name__)

PAUSE_S: Final = 1
"""Between the death of a process and the start of the next: what kills each at once must not keep the machine busy."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Work = Callable[[int, Callable[[], None]], None]
"""What a process does, by its number from 0; the function is to be called when it serves."""


class WorkerFailed(Exception):
    """The first processes did not come to serve; the one that failed said why."""


def run_workers(count: int, work: Work, *, on_ready: Callable[[], None]) -> None:
    """Returns after SIGTERM or SIGINT, when all have finished; and in each process, when its work is done.

    To be called while there is one thread and no event loop. Raises WorkerFailed; in a process what its work raises.
    """
    workers = _Workers(count, work)
    if workers.start_all(on_ready):
        workers.watch()


class _Workers:
    def __init__(self, count: int, work: Work) -> None:
        self._count = count
        self._work = work
        self._pids: dict[int, int] = {}
        self._stopping = False

    def start_all(self, on_ready: Callable[[], None]) -> bool:
        """False in a process that was started, after its work."""
        for one in _SIGNALS:
            signal.signal(one, self._pass_on)
        for number in range(self._count):
            match self._start(number):
                case None:
                    return False
                case False:
                    self._give_up()
                    break
                case _:
                    continue
        else:
            on_ready()
        return True

    def watch(self) -> None:
        """Until the last has ended; in a process that is started meanwhile, until its work is done."""
        while self._pids:
            pid, status = os.wait()
            number = self._pids.pop(pid, None)
            if number is None or self._is_stopping():
                continue
            _log.error("process %d of %d ended with %s; another is started", number + 1, self._count, _words(status))
            time.sleep(PAUSE_S)
            # one that does not come to serve is waited for like one that ends later
            if not self._is_stopping() and self._start(number) is None:
                return

    def _start(self, number: int) -> bool | None:
        """Whether it came to serve; None in the process itself, when its work is done."""
        told, tell = os.pipe()
        # a signal in between would find the process neither known here, nor ready for it there
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        pid = os.fork()
        if pid == 0:
            os.close(told)
            self._be(number, tell)
            return None
        self._pids[pid] = number
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        os.close(tell)
        served = os.read(told, 1) == b"1"
        os.close(told)
        return served

    def _be(self, number: int, tell: int) -> None:
        self._pids.clear()
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_IGN if one == signal.SIGHUP else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)

        def ready() -> None:
            os.write(tell, b"1")
            os.close(tell)

        self._work(number, ready)

    def _give_up(self) -> None:
        if not self._stopping:
            self._pass_on(signal.SIGTERM, None)
            while self._pids:
                self._pids.pop(os.wait()[0], None)
            raise WorkerFailed

    def _is_stopping(self) -> bool:
        """Asked anew each time: a signal changes it between two lines."""
        return self._stopping

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGHUP:
            self._stopping = True
        for pid in self._pids:
            os.kill(pid, number)


def _words(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"
