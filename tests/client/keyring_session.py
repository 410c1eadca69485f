"""Run inside a D-Bus session with an unlocked keyring: each line printed is a fact that held."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import keyring

from keyfob_client.errors import StoreUnavailable
from keyfob_client.stores.keyring_store import KeyringStore
from keyfob_client.stores.state_keeper import StateKeeper
from support_client import ISSUER, registered

SERVICE = "keyfob-test"


def main() -> None:
    keeper = StateKeeper(KeyringStore(SERVICE), ISSUER)
    if sys.argv[1:] == ["load"]:
        assert keeper.load() == registered()
        print("loaded")  # noqa: T201 - the test reads it
        return
    assert keeper.load().view == "Registration"
    keeper.save(registered())
    print("saved", flush=True)  # noqa: T201 - the test reads it
    subprocess.run([sys.executable, __file__, "load"], check=True)
    keyring.set_password(SERVICE, ISSUER, "written by somebody else")
    assert keeper.load().view == "Registration"
    print("junk")  # noqa: T201 - the test reads it
    keeper.save(registered())
    keeper.save(registered().dropped())
    assert keyring.get_password(SERVICE, ISSUER) is None
    print("deleted")  # noqa: T201 - the test reads it
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=gone"
    for attempt in (keeper.load, lambda: keeper.save(registered())):
        try:
            attempt()
        except StoreUnavailable:
            print("unavailable")  # noqa: T201 - the test reads it


main()
