"""Passwords by Argon2id (RFC 9106), in threads of their own so that no other request waits for them (ADR 0007)."""

import asyncio
import os
import unicodedata
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import BoundedSemaphore
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from keyfob_server.crypto import base64url
from keyfob_server.crypto.known_passwords import KnownPasswords
from keyfob_server.ports.passwords import PasswordsBusy
from keyfob_server.ports.world import Entropy

MAX_CHARACTERS = 256

_THREADS_OF_A_CORE = 2
_SALT_BYTES = 16
_HASH_BYTES = 32

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class ArgonSettings:
    """What one hash costs, and how many may be under way. The default cost is OWASP's minimum."""

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1
    threads: int = _THREADS_OF_A_CORE * (os.cpu_count() or 1)
    max_waiting: int = 64
    """Checks that may wait for a thread; one more is refused."""


class ArgonPasswords:
    """A password that cannot be one (empty, over 256 characters, no such account) costs one hash like any other."""

    __slots__ = ("_decoy", "_hasher", "_known", "_places", "_pool")

    def __init__(self, settings: ArgonSettings, entropy: Entropy, known: KnownPasswords | None = None) -> None:
        self._known = known or KnownPasswords()
        self._hasher = PasswordHasher(
            time_cost=settings.passes,
            memory_cost=settings.memory_kib,
            parallelism=settings.lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
        )
        self._decoy = _decoy(settings, entropy)
        self._places = BoundedSemaphore(settings.threads + settings.max_waiting)
        self._pool = ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        """The PHC string. Raises PasswordsBusy, and ValueError for an empty or over-long password."""
        if not possible(password):
            raise ValueError(f"a password has 1 to {MAX_CHARACTERS} characters")
        return await self._run(partial(self._hasher.hash, prepared(password)))

    async def verify(self, password: str, stored: str) -> bool:
        """Raises PasswordsBusy. An empty, damaged or foreign `stored` is False after one hash of today's cost."""
        return await self._run(partial(self._verify, password, stored))

    def needs_rehash(self, stored: str) -> bool:
        """True when `stored` was made at another cost than today's, or is no hash at all."""
        try:
            return self._hasher.check_needs_rehash(stored)
        except InvalidHashError:
            return True

    def is_known(self, password: str) -> bool:
        return self._known.holds(password)

    def close(self) -> None:
        """Drop what waits; what runs is finished."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _verify(self, password: str, stored: str) -> bool:
        if stored and possible(password):
            try:
                return self._hasher.verify(stored, prepared(password))
            except InvalidHashError:
                pass
            except Argon2Error:
                return False
        self._burn()
        return False

    def _burn(self) -> None:
        try:
            self._hasher.verify(self._decoy, "no password")
        except Argon2Error:
            return

    async def _run(self, work: "partial[_Result]") -> _Result:
        if not self._places.acquire(blocking=False):
            raise PasswordsBusy
        try:
            future = self._pool.submit(work)
        except RuntimeError as error:
            self._places.release()
            raise PasswordsBusy from error
        # The place is free when the thread is, not when a caller that gave up goes away.
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _: "Future[_Result]") -> None:
        self._places.release()


def possible(password: str) -> bool:
    """Whether anybody can have it."""
    return 0 < len(password) <= MAX_CHARACTERS


def prepared(password: str) -> bytes:
    """The OpaqueString profile of RFC 8265 section 4.2, without its refusals: every space is U+0020, then NFC.

    Keyboards differ in how they compose a letter; NFC makes their spellings one. NFKC would also merge passwords that a
    person tells apart.
    """
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced).encode("utf-8", "surrogatepass")


def _decoy(settings: ArgonSettings, entropy: Entropy) -> str:
    """A hash of today's cost that nobody knows a password for: its digest was never computed."""
    # The PHC format writes plain base64 without padding.
    salt, digest = (
        base64url.encode(entropy.bytes(count)).replace("-", "+").replace("_", "/")
        for count in (_SALT_BYTES, _HASH_BYTES)
    )
    cost = f"m={settings.memory_kib},t={settings.passes},p={settings.lanes}"
    return f"$argon2id$v=19${cost}${salt}${digest}"
