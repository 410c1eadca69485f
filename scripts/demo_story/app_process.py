"""The terminal app as a process of its own. What it would open in a browser is handed over to the story's browser."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from demo_story.child_process import ROOT, ChildFailed, end, read_until, say, start

APP = ROOT / "examples" / "terminal_app.py"
# The prompt names the view, and what can be done in it.
_PROMPT = re.compile(r"\[(\w+)\] [a-z, ]+\n> \Z")
_HAND_OVER = 'printf "%s\\n" "$1" >"$0"'

Visit = Callable[[str], None]


@dataclass(slots=True)
class AppProcess:
    process: subprocess.Popen[bytes]
    opened: int
    """A file descriptor that yields the addresses which the app opens in the browser, one a line."""
    view: str = ""
    _address: bytes = field(default=b"", repr=False)

    def act(self, action: str, visit: Visit | None = None) -> str:
        """Type an action and return all that the app says until it asks for the next.

        `visit` is the person at the browser. Raises ChildFailed when the app ends, is too slow, or opens a browser
        that nobody expected.
        """
        say(self.process, f"{action}\n")
        return self.listen(visit)

    def listen(self, visit: Visit | None = None) -> str:
        said = read_until(
            self.process,
            lambda text: _PROMPT.search(text) is not None,
            meanwhile={self.opened: lambda chunk: self._open(chunk, visit)},
        )
        prompt = _PROMPT.search(said)
        self.view = prompt[1] if prompt else ""
        return _PROMPT.sub("", said).rstrip("\n")

    def _open(self, chunk: bytes, visit: Visit | None) -> None:
        self._address += chunk
        while b"\n" in self._address:
            address, _, self._address = self._address.partition(b"\n")
            if visit is None:
                raise ChildFailed("the app opened the browser, which nobody expected here")
            visit(address.decode())


@contextmanager
def running_app(config: Path, session: Mapping[str, str], authority: Path | None = None) -> Iterator[AppProcess]:
    """The app at its first prompt, with the secret store of `session`. Raises ChildFailed when it does not start.

    `authority`: the certificate authority that the server's https is to be trusted by.
    """
    with TemporaryDirectory(prefix="keyfob-app-") as folder:
        pipe = Path(folder) / "opened"
        os.mkfifo(pipe, 0o600)
        # Open for writing too, so that reading never meets an end.
        opened = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        browser = shlex.join(["sh", "-c", _HAND_OVER, str(pipe)])
        trust = ("--ca-file", authority) if authority else ()
        process = start([sys.executable, APP, config, "--trace", *trust, "--browser", browser], more=session)
        try:
            app = AppProcess(process, opened)
            app.listen()
            yield app
        finally:
            end(process)
            os.close(opened)
