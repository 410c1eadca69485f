"""The desktop's own keyring: Secret Service or KWallet, macOS Keychain, Windows Credential Locker.

Without one of these there is no store: secrets are never written to a plain file instead.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from keyfob_client.errors import StoreUnavailable

# By name, because third parties may register backends that keep secrets in plain text.
_TRUSTED_MODULES = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
_UNREADABLE = b""
_ATTEMPTS = 3
"""Each call agrees on a key with the service anew, which now and then fails; reading and writing may be repeated."""

T = TypeVar("T")


class KeyringStore:
    """`service` names the app in the keyring: two apps of one person do not meet.

    Raises StoreUnavailable at once when the desktop offers no keyring.
    """

    def __init__(self, service: str) -> None:
        self._service = service
        with _told_as_unavailable():
            self._backend = _trusted_backend()

    def get(self, name: str) -> bytes | None:
        """Somebody else's writing under this name comes out as no bytes, which is no registration."""
        try:
            with _told_as_unavailable():
                text = _repeated(lambda: self._backend.get_password(self._service, name))
            return None if text is None else base64.b64decode(text, validate=True)
        except (UnicodeError, binascii.Error):
            return _UNREADABLE

    def set(self, name: str, value: bytes) -> None:
        with _told_as_unavailable():
            text = base64.b64encode(value).decode()
            _repeated(lambda: self._backend.set_password(self._service, name, text))

    def delete(self, name: str) -> None:
        if self.get(name) is not None:
            with _told_as_unavailable():
                self._backend.delete_password(self._service, name)


def _repeated(call: Callable[[], T]) -> T:
    for _ in range(_ATTEMPTS - 1):
        try:
            return call()
        except UnicodeError:
            raise
        except Exception:  # noqa: BLE001, S112 - the last attempt's error is the one that is told
            continue
    return call()


@contextmanager
def _told_as_unavailable() -> Iterator[None]:
    try:
        yield
    except (StoreUnavailable, UnicodeError):
        raise
    except Exception as error:  # each desktop's library raises errors of its own, and they share no base
        raise _unavailable() from error


def _trusted_backend() -> KeyringBackend:
    chosen = keyring.get_keyring()
    candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    for backend in candidates:
        if type(backend).__module__.startswith(_TRUSTED_MODULES):
            return backend
    raise _unavailable()


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable("No unlocked keyring service answers here.", stage="store")
