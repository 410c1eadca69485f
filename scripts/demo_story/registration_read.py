"""The app reads its own registration (RFC 7592 section 2.1) and shows the answer: `python registration_read.py CONFIG`.

A program of its own, because the secret store belongs to the app's session.
"""

import argparse
from pathlib import Path

from keyfob_client.configuration import parse_app_configuration
from keyfob_client.registration import parse_management_response, read_request
from keyfob_client.stores.keyring_store import KeyringStore
from keyfob_client.stores.state_keeper import StateKeeper
from keyfob_client.transcript import print_exchange
from keyfob_client.transports.httpx_sync import HttpxTransport


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("config", type=Path, help="the app's config.json")
    parser.add_argument("--ca-file", type=Path)
    options = parser.parse_args()
    issuer = parse_app_configuration(options.config.read_bytes()).issuer
    keeper = StateKeeper(KeyringStore("keyfob-terminal-app"), issuer)
    state = keeper.load()
    if state.registration is None:
        parser.error("this install is not registered")
    with HttpxTransport(ca_file=options.ca_file, observe=print_exchange) as transport:
        read = parse_management_response(transport.send(read_request(state.registration)), state.registration)
    # An answer may bring a new registration access token: then the one before is spent.
    keeper.save(state.after_registration(read))


if __name__ == "__main__":
    main()
