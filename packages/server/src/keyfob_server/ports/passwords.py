from typing import Protocol


class PasswordsBusy(Exception):
    """Too many password checks wait already."""


class Passwords(Protocol):
    """Argon2id in a bounded pool off the event loop. All raise PasswordsBusy."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, stored: str) -> bool:
        """Also when `stored` is empty (no such account) one hash is computed, so that both take alike."""
        ...

    def needs_rehash(self, stored: str) -> bool: ...

    def is_known(self, password: str) -> bool:
        """Whether everybody tries it, because it is common or was stolen elsewhere; a right one may still sign in."""
        ...
