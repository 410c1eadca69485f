import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as ForgettingKeyring

from keyfob_client.auth_state import AuthState, Tokens, UnansweredRegistration
from keyfob_client.errors import StoreUnavailable
from keyfob_client.stores.keyring_store import KeyringStore
from keyfob_client.stores.memory import MemoryStore
from keyfob_client.stores.secure_store import SecureStore
from keyfob_client.stores.state_keeper import StateKeeper
from keyfob_protocol.identifiers import Issuer
from support_client import ISSUER, registered, registration

SESSION = Path(__file__).with_name("keyring_session.py")


def test_a_store_gives_back_what_was_set_last_until_it_is_deleted() -> None:
    store: SecureStore = MemoryStore()
    assert store.get("a") is None
    for value in (b"1", b"2", b""):
        store.set("a", value)
        assert store.get("a") == value
    for _ in range(2):
        store.delete("a")
        assert store.get("a") is None


def test_what_is_kept_is_found_under_its_issuer_only() -> None:
    store = MemoryStore()
    keeper, other = StateKeeper(store, ISSUER), StateKeeper(store, Issuer("https://other.example"))
    keeper.save(registered())
    assert keeper.load() == registered()
    assert other.load() == AuthState(other.issuer)


@pytest.mark.parametrize("junk", [b"", b"null", b"\xff\xfe", b"{}", registered().to_json(with_tokens=False)[:-2]])
def test_unreadable_data_means_register_again(junk: bytes) -> None:
    store = MemoryStore()
    store.set(ISSUER, junk)
    assert StateKeeper(store, ISSUER).load().view == "Registration"


def test_a_dropped_registration_leaves_nothing_behind() -> None:
    store = MemoryStore()
    keeper = StateKeeper(store, ISSUER)
    keeper.save(registered())
    keeper.save(registered().dropped())
    keeper.save(registered().dropped())
    assert store.get(ISSUER) is None


def test_tokens_are_kept_by_choice_only() -> None:
    state = replace(registered(), tokens=Tokens("access-1", (), None, None, None, ""))
    for with_tokens in (False, True):
        store = MemoryStore()
        StateKeeper(store, ISSUER, with_tokens=with_tokens).save(state)
        assert (b"access-1" in (store.get(ISSUER) or b"")) is with_tokens


def test_a_registration_without_its_answer_is_kept_by_choice_only_and_no_longer_than_that() -> None:
    begun = AuthState(ISSUER, unanswered=UnansweredRegistration("initial-token", "a key", "{}"))
    for chosen, loaded in ((False, AuthState(ISSUER)), (True, begun)):
        store = MemoryStore()
        keeper = StateKeeper(store, ISSUER, with_unanswered=chosen)
        keeper.save(begun)
        assert keeper.load() == loaded
        assert (store.get(ISSUER) is not None) is chosen
        keeper.save(begun.after_registration(registration()))
        assert b"initial-token" not in (store.get(ISSUER) or b"")
        keeper.save(begun)
        keeper.save(begun.dropped())
        assert store.get(ISSUER) is None


@pytest.mark.parametrize("backend", [NoKeyring, ForgettingKeyring])
def test_o5_without_a_real_keyring_nothing_is_stored_anywhere(
    backend: type[keyring.backend.KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend())
    with pytest.raises(StoreUnavailable) as caught:
        KeyringStore("keyfob-test")
    assert "keyring" in caught.value.advice


@pytest.mark.slow
def test_o5_the_desktops_keyring_keeps_the_registration_across_programs(tmp_path: Path) -> None:
    """A real gnome-keyring in a D-Bus session of its own."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(program), f"{program} is needed here; ./test installs it"
    own = ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "PYTHON_KEYRING_BACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in own}
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    script = (
        f"printf password | gnome-keyring-daemon --unlock --components=secrets >&2; exec {sys.executable} {SESSION}"
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", script],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["saved", "loaded", "junk", "deleted", "unavailable", "unavailable"], done.stderr
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any("keyring" in path.name for path in files)
    assert not any(b"instance-secret" in path.read_bytes() for path in files)
