"""HMAC-SHA256 under one key, which is taken in once (RFC 2104)."""

import hmac


class Mac:
    __slots__ = ("_begun",)

    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod="sha256")

    def digest(self, message: bytes) -> bytes:
        """32 bytes."""
        own = self._begun.copy()
        own.update(message)
        return own.digest()
