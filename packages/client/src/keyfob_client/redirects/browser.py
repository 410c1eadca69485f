"""The person's own browser, with the loopback interface for the way back (RFC 8252 section 4).

Never an embedded view: the app must not see the password.
"""

import asyncio
import shlex
import subprocess
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread

from keyfob_client.errors import AuthorizationCancelled, InvalidConfiguration
from keyfob_client.redirects.loopback import DEFAULT_TIMEOUT_S, LoopbackReceiver

OpenUrl = Callable[[str], None]
"""Opens a URL. Raises InvalidConfiguration when there is nothing to open it with."""


def open_system_browser(url: str) -> None:
    with suppress(webbrowser.Error):
        if webbrowser.open(url):
            return
    raise InvalidConfiguration("There is no browser here that can be opened.", stage="authorization_request")


def open_with(command: str) -> OpenUrl:
    """A command line of one's own choice, given the URL as its last argument; no shell sees the URL."""
    arguments = shlex.split(command)

    def open_url(url: str) -> None:
        try:
            # Left to itself: a browser outlives the sign-in, and what it says is not for the app's terminal.
            process = subprocess.Popen(  # noqa: S603 - the command is the caller's own, the URL one single argument
                [*arguments, url],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, IndexError) as error:
            raise InvalidConfiguration(
                f"The browser command cannot be started: {command}", stage="authorization_request"
            ) from error
        Thread(target=process.wait, daemon=True).start()

    return open_url


@dataclass(frozen=True, slots=True)
class LoopbackUserAgent:
    """Opens the browser and waits at the receiver. One visit: make another for the next."""

    receiver: LoopbackReceiver
    open_url: OpenUrl = open_system_browser
    timeout_s: float = DEFAULT_TIMEOUT_S
    observe: Callable[[str], None] | None = None
    """Told of the URL that is opened, and of the one that comes back; both hold secrets (see transcript.py)."""

    def visit(self, url: str) -> str:
        """The URI that the browser was sent to.

        Raises AuthorizationCancelled when nobody answers in time, and whatever `open_url` raises.
        """
        self._tell(url)
        failures: list[Exception] = []
        # Beside the wait, because some browsers return only when the person closes them.
        Thread(target=self._open, args=(url, failures), daemon=True).start()
        try:
            landed = self.receiver.wait(timeout_s=self.timeout_s)
        except AuthorizationCancelled:
            if failures:
                raise failures[0] from None
            raise
        self._tell(landed)
        return landed

    def _open(self, url: str, failures: list[Exception]) -> None:
        try:
            self.open_url(url)
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            failures.append(error)
            self.receiver.cancel()

    async def visit_async(self, url: str) -> str:
        """As `visit`, beside an event loop; cancelling the task ends the wait."""
        try:
            return await asyncio.to_thread(self.visit, url)
        except asyncio.CancelledError:
            self.receiver.cancel()
            raise

    def _tell(self, url: str) -> None:
        if self.observe:
            self.observe(url)
