"""A key between the password and its hash: a copy of the database alone cannot be searched for passwords (ADR 0019)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hmac import digest

from keyfob_server.crypto.argon2 import MAX_CHARACTERS, possible, prepared
from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.roots import Roots
from keyfob_server.ports.passwords import Passwords

_USE = "password"
_MARK = ":"


@dataclass(frozen=True, slots=True)
class Peppers:
    """One key for each verification key; the newest is used for new hashes."""

    newest: str
    by_id: Mapping[str, bytes] = field(repr=False)


def peppers_of(roots: Roots) -> Peppers:
    return Peppers(roots.verification[0].id, {root.id: derive(root.key, _USE) for root in roots.verification})


class PepperedPasswords:
    """ports.passwords.Passwords over another one. Stores `keyid:` and the hash of HMAC-SHA256(key, password).

    A stored hash without a key id, from before there were any, is checked as it is and asks to be replaced. One whose
    key is not here costs a hash and is False.
    """

    __slots__ = ("_inner", "_peppers")

    def __init__(self, inner: Passwords, peppers: Callable[[], Peppers]) -> None:
        """`peppers` is asked each time: the keys may change while the server runs."""
        self._inner = inner
        self._peppers = peppers

    async def hash(self, password: str) -> str:
        """Raises PasswordsBusy, and ValueError for an empty or over-long password."""
        if not possible(password):
            raise ValueError(f"a password has 1 to {MAX_CHARACTERS} characters")
        peppers = self._peppers()
        hashed = await self._inner.hash(_peppered(peppers.by_id[peppers.newest], password))
        return f"{peppers.newest}{_MARK}{hashed}"

    async def verify(self, password: str, stored: str) -> bool:
        key_id, mark, hashed = stored.partition(_MARK)
        if not mark:
            return await self._inner.verify(password, stored)
        key = self._peppers().by_id.get(key_id)
        if key is None or not possible(password):
            return await self._inner.verify("", "")
        return await self._inner.verify(_peppered(key, password), hashed)

    def is_known(self, password: str) -> bool:
        return self._inner.is_known(password)

    def needs_rehash(self, stored: str) -> bool:
        key_id, mark, hashed = stored.partition(_MARK)
        return not mark or key_id != self._peppers().newest or self._inner.needs_rehash(hashed)


def _peppered(key: bytes, password: str) -> str:
    return digest(key, framed(_USE, prepared(password)), "sha256").hex()
