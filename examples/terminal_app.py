"""An app in a terminal: it registers this install, signs in as it, refreshes, signs out and forgets it.
A terminal cannot catch a private-use scheme: the redirect URIs become loopback ones of the same paths, with any port.
"""

import argparse
import platform
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from keyfob_client.auth_state import View
from keyfob_client.configuration import parse_app_configuration
from keyfob_client.driving import NO_USER_AGENT, drive
from keyfob_client.errors import AuthorizationCancelled, ClientError
from keyfob_client.flows import RANDOM_BYTES, discover, forget, refresh, register, sign_in, sign_out
from keyfob_client.redirects.browser import LoopbackUserAgent, open_system_browser, open_with
from keyfob_client.redirects.loopback import LoopbackReceiver, loopback_redirect_uri
from keyfob_client.registration import RegistrationRequest
from keyfob_client.steps import Flow, T
from keyfob_client.stores.keyring_store import KeyringStore
from keyfob_client.stores.memory import MemoryStore
from keyfob_client.stores.state_keeper import StateKeeper
from keyfob_client.transcript import print_exchange, print_url, shortened
from keyfob_client.transports.httpx_sync import HttpxTransport
from keyfob_protocol.server_metadata import ServerMetadata


class TerminalApp:
    def __init__(self, options: argparse.Namespace, transport: HttpxTransport) -> None:
        self.transport = transport
        self.config = parse_app_configuration(options.config.read_bytes())
        self.callback = loopback_redirect_uri(self.config.redirect_uri)
        self.logout_callback = loopback_redirect_uri(self.config.post_logout_redirect_uri)
        store = KeyringStore("keyfob-terminal-app") if options.store == "keyring" else MemoryStore()
        self.keeper = StateKeeper(store, self.config.issuer)
        self.state = self.keeper.load()
        self.open_url = open_with(options.browser) if options.browser else open_system_browser
        self.trace = print_url if options.trace else None

    def actions(self) -> dict[str, Callable[[], None]]:
        views: dict[View, dict[str, Callable[[], None]]] = {
            "Registration": {"register": self.register},
            "Unauthenticated": {"sign in": self.sign_in},
            "Authenticated": {"tokens": self.show_tokens, "refresh": self.refresh, "sign out": self.sign_out},
        }
        return views[self.state.view] | ({"forget": self.forget} if self.state.registration else {})

    def act(self, action: str) -> None:
        """Does one action of the present view. Afterwards the state is what is left of it."""
        try:
            self.actions().get(action, lambda: print(f"Not now: {action}"))()
        except AuthorizationCancelled:
            print("Cancelled.")
        except ClientError as error:
            print(f"Error: {error}")
            self.state = self.state.after_error(error)

    def register(self) -> None:
        print("Two steps in the browser: register this device, then sign in, which asks for no password again.")
        asked = RegistrationRequest((self.callback,), (self.logout_callback,), self.config.scope, platform.node())
        with LoopbackReceiver(self.callback) as receiver:
            uri, chance = receiver.redirect_uri, secrets.token_bytes(RANDOM_BYTES)
            flow = register(self.state, self.discover(), self.config, asked, redirect_uri=uri, random_bytes=chance)
            self.state = self.run(flow, receiver)

    def sign_in(self) -> None:
        with LoopbackReceiver(self.callback) as receiver:
            uri, chance = receiver.redirect_uri, secrets.token_bytes(RANDOM_BYTES)
            flow = sign_in(self.state, self.discover(), scope=self.config.scope, redirect_uri=uri, random_bytes=chance)
            self.state = self.run(flow, receiver)

    def show_tokens(self) -> None:
        if tokens := self.state.tokens:
            print(f"  subject: {tokens.subject}, scope: {' '.join(tokens.scope)}")
            print(f"  access token: {shortened(tokens.access_token)}")
            print(f"  refresh token: {shortened(tokens.refresh_token or '')}")

    def refresh(self) -> None:
        self.state = self.run(refresh(self.state, self.discover()))
        self.show_tokens()

    def sign_out(self) -> None:
        with LoopbackReceiver(self.logout_callback) as receiver:
            uri, chance = receiver.redirect_uri, secrets.token_bytes(RANDOM_BYTES)
            flow = sign_out(self.state, self.discover(), post_logout_redirect_uri=uri, random_bytes=chance)
            self.state = self.run(flow, receiver)

    def forget(self) -> None:
        self.state = self.run(forget(self.state))

    def discover(self) -> ServerMetadata:
        return self.run(discover(self.config.issuer))

    def run(self, flow: Flow[T], receiver: LoopbackReceiver | None = None) -> T:
        agent = LoopbackUserAgent(receiver, self.open_url, observe=self.trace) if receiver else NO_USER_AGENT
        return drive(flow, self.transport, self.keeper, agent)


def main() -> None:
    parser = argparse.ArgumentParser(description="Reads actions from standard input, one a line.")
    parser.add_argument("config", type=Path, help="the app's config.json")
    parser.add_argument("--browser", metavar="CMD", help="opens a URL, given as its last argument")
    parser.add_argument("--ca-file", type=Path, help="the only certificate authorities to trust, as PEM")
    parser.add_argument("--store", choices=("keyring", "memory"), default="keyring")
    parser.add_argument("--trace", action="store_true", help="print requests and answers, secrets shortened")
    options = parser.parse_args()
    try:
        with HttpxTransport(ca_file=options.ca_file, observe=print_exchange if options.trace else None) as transport:
            app = TerminalApp(options, transport)
            while (action := input(f"[{app.state.view}] {', '.join(app.actions())}, quit\n> ").strip()) != "quit":
                app.act(action)
    except (ClientError, OSError, EOFError, KeyboardInterrupt) as error:
        sys.exit(f"Error: {error}" if isinstance(error, ClientError | OSError) else 0)


if __name__ == "__main__":
    main()
