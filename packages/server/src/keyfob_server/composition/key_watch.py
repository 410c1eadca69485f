"""A running server takes new keys by itself: signing keys from the database, root keys from the key file."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from keyfob_server.crypto.jose import SigningKeys
from keyfob_server.crypto.key_file import read_roots
from keyfob_server.crypto.live_keys import LiveKeys, RootKeys
from keyfob_server.crypto.roots import KeyFileUnusable, Roots
from keyfob_server.crypto.signing_keys import OpenedKeys, open_signing_keys
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.records import SigningKeyRecord

_log = logging.getLogger(__name__)

PAUSE_S: Final = 5
SHORTEST_PAUSE_S: Final = 1
"""Whoever makes up key ids makes the server look this often, and no more."""

_Identity = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class StoredKeys:
    now: int
    """The database's time."""
    records: tuple[SigningKeyRecord, ...]


@dataclass(slots=True)
class KeyWatch:
    """`refresh` looks once; `run` looks for ever. The old keys stay wherever the new ones are no good."""

    keys: LiveKeys
    key_file: Path | None
    """None when the environment brings the root keys, which then cannot change."""
    read_stored: Callable[[], Awaitable[StoredKeys]]
    make_root_keys: Callable[[Roots], RootKeys]
    keep_published_s: int
    seen_keys: tuple[SigningKeyRecord, ...]
    opened: OpenedKeys
    """A key stays here when its row goes where these root keys do not open it: it is the same key."""
    _seen_file: _Identity | None = None
    _told: frozenset[str] = frozenset()
    _wanted: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._seen_file = _identity(self.key_file)
        self.keys.on_unknown_kid = self._wanted.set

    @property
    def trouble(self) -> str:
        """Why no request should be sent here; empty when all is well."""
        return "a signing key in force cannot be opened with these root keys" if self.keys.signing.missing else ""

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look again and again, until the end of the block."""
        task = asyncio.create_task(self.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def run(self) -> None:
        while True:
            try:
                await self.refresh()
            except Exception:  # noqa: BLE001 - nobody would look again
                _log.exception("the keys could not be looked at")
            await asyncio.sleep(SHORTEST_PAUSE_S)
            try:
                await asyncio.wait_for(self._wanted.wait(), PAUSE_S - SHORTEST_PAUSE_S)
            except TimeoutError:
                continue

    async def refresh(self) -> None:
        """Put in force what changed since the last look."""
        self._wanted.clear()
        # The file first: whoever drops a key from it has taken the rows away from that key before.
        found = await self._changed_roots()
        try:
            stored = await self.read_stored()
        except StorageUnavailable as error:
            _log.warning("signing keys: %s", error.reason)
            return
        if found is not None:
            self._seen_file, roots = found
            await self._take_roots(roots, stored)
        elif stored.records != self.seen_keys or self._is_due(stored.now):
            roots, known = self.keys.root.roots, self.opened.by_kid
            self._take(stored, await asyncio.to_thread(open_signing_keys, stored.records, roots, known))

    def _is_due(self, now: int) -> bool:
        changes_at = self.keys.signing.changes_at
        return changes_at is not None and changes_at <= now

    async def _changed_roots(self) -> tuple[_Identity | None, Roots] | None:
        """What stands in the key file now, when that is another one than was looked at last."""
        identity = _identity(self.key_file)
        if self.key_file is None or identity == self._seen_file:
            return None
        try:
            return identity, await asyncio.to_thread(read_roots, self.key_file)
        except KeyFileUnusable as error:
            self._seen_file = identity
            _log.error("%s; the keys from before stay in force", error)
            return None

    async def _take_roots(self, roots: Roots, stored: StoredKeys) -> None:
        opened = await asyncio.to_thread(open_signing_keys, stored.records, roots)
        missing = self._signing_keys(stored, opened).missing
        if missing:
            _log.error(
                "key file %s: does not open the signing key %s; the keys from before stay in force",
                self.key_file,
                missing[0],
            )
            return
        self.keys.root = self.make_root_keys(roots)
        _log.info("key file read again: sealing %s, verification %s", roots.sealing[0].id, roots.verification[0].id)
        self._take(stored, opened)

    def _take(self, stored: StoredKeys, opened: OpenedKeys) -> None:
        before = self.keys.signing
        self.keys.signing = self._signing_keys(stored, opened)
        self.seen_keys, self.opened = stored.records, opened
        refusals = frozenset(str(error) for error in opened.refusals)
        for refusal in sorted(refusals - self._told):
            _log.error("%s; it is not used", refusal)
        self._told = refusals
        if before.jwks() != self.keys.signing.jwks():
            _log.info("the published keys changed")

    def _signing_keys(self, stored: StoredKeys, opened: OpenedKeys) -> SigningKeys:
        return SigningKeys(stored.records, opened.by_kid, stored.now, keep_published_s=self.keep_published_s)


def _identity(path: Path | None) -> _Identity | None:
    """What differs when a file was replaced or written; None when there is none."""
    try:
        found = os.stat(path) if path else None  # noqa: PTH116 - None is no path
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_ctime_ns, found.st_size) if found else None
