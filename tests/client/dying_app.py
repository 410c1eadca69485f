"""An app that registers, or goes on where it was when it died, and then signs in.

    python dying_app.py CONFIG FOLDER BROWSER DIES

Its secure store is a folder. DIES is `unsent`, `unheard` (the server has answered, and the app did not get it) or
`never`: then it prints its view and its client id.
"""

import os
import secrets
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from keyfob_client.configuration import parse_app_configuration
from keyfob_client.driving import drive
from keyfob_client.flows import RANDOM_BYTES, discover, finish_registration, register, sign_in
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.redirects.browser import LoopbackUserAgent, open_with
from keyfob_client.redirects.loopback import LoopbackReceiver, loopback_redirect_uri
from keyfob_client.registration import RegistrationRequest
from keyfob_client.stores.state_keeper import StateKeeper
from keyfob_client.transports.httpx_sync import HttpxTransport


@dataclass(frozen=True)
class Folder:
    path: Path

    def get(self, name: str) -> bytes | None:
        file = self._file(name)
        return file.read_bytes() if file.exists() else None

    def set(self, name: str, value: bytes) -> None:
        self._file(name).write_bytes(value)

    def delete(self, name: str) -> None:
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.path / name.encode().hex()


@dataclass(frozen=True)
class Mortal:
    real: HttpxTransport
    dies: str

    def send(self, request: HttpRequest) -> HttpResponse:
        registering = "Idempotency-Key" in dict(request.headers)
        if registering and self.dies == "unsent":
            os.kill(os.getpid(), signal.SIGKILL)
        response = self.real.send(request)
        if registering and self.dies == "unheard":
            os.kill(os.getpid(), signal.SIGKILL)
        return response


def main() -> None:
    config = parse_app_configuration(Path(sys.argv[1]).read_bytes())
    keeper = StateKeeper(Folder(Path(sys.argv[2])), config.issuer, with_unanswered=True)
    callback = loopback_redirect_uri(config.redirect_uri)
    asked = RegistrationRequest((callback,), (), config.scope, "A phone")
    with HttpxTransport() as http:
        transport, state = Mortal(http, sys.argv[4]), keeper.load()
        metadata = drive(discover(config.issuer), transport, keeper)
        if state.unanswered:
            state = drive(finish_registration(state, metadata), transport, keeper)
        elif state.registration is None:
            with LoopbackReceiver(callback) as receiver:
                chance, uri = secrets.token_bytes(RANDOM_BYTES), receiver.redirect_uri
                registering = register(state, metadata, config, asked, redirect_uri=uri, random_bytes=chance)
                state = drive(registering, transport, keeper, LoopbackUserAgent(receiver, open_with(sys.argv[3])))
        assert keeper.load() == state
        with LoopbackReceiver(callback) as receiver:
            chance, uri = secrets.token_bytes(RANDOM_BYTES), receiver.redirect_uri
            signing_in = sign_in(state, metadata, scope=config.scope, redirect_uri=uri, random_bytes=chance)
            state = drive(signing_in, transport, keeper, LoopbackUserAgent(receiver, open_with(sys.argv[3])))
    assert state.registration
    print(state.view, state.registration.client_id)  # noqa: T201 - the test reads it


main()
