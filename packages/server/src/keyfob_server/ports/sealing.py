"""Sealed values, hashed secrets and refresh-token MACs (design: rows are facts, tokens are sealed claims)."""

from typing import Protocol

from keyfob_server.rules.records import GrantKey


class Sealer(Protocol):
    def seal(self, purpose: str, payload: bytes, *, now: int) -> str:
        """Encrypt for one purpose under the UTC day's key; url-safe text."""
        ...

    def open(self, purpose: str, text: str) -> bytes | None:
        """The payload, or None when it was not sealed here, for this purpose, under this incarnation."""
        ...


class SecretHasher(Protocol):
    """HMAC-SHA256 of values with 256 random bits; the stored form names its key."""

    def hash(self, purpose: str, secret: str) -> str: ...

    def derive(self, purpose: str, *parts: str, like: str = "") -> bytes:
        """32 bytes, the same for the same parts, under the key that `like`, a stored hash, names; else the newest."""
        ...

    def verify(self, purpose: str, secret: str, stored: str) -> bool:
        """In constant time; an empty or unknown `stored` costs the same and is False."""
        ...

    def verify_either(self, purpose: str, secret: str, first: str, second: str) -> tuple[bool, bool]:
        """`verify` of both. The secret is hashed once when one key made both, or one is empty."""
        ...

    def knows(self, stored: str) -> bool:
        """Whether the key that `stored` names is here: if not, False of `verify` says nothing."""
        ...


class RefreshTokens(Protocol):
    def mint(self, key: GrantKey, *, counter: int, salt: bytes) -> str: ...

    def parse(self, token: str) -> "PresentedRefreshToken | None":
        """Whose it claims to be; None when it is not of the form."""
        ...

    def verify(self, presented: "PresentedRefreshToken", *, salt: bytes) -> bool: ...


class PresentedRefreshToken(Protocol):
    @property
    def key(self) -> GrantKey: ...

    @property
    def counter(self) -> int: ...
