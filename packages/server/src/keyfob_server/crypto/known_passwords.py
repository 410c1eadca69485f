"""Passwords that are tried first: the commonest, and a list of stolen ones (NIST SP 800-63B section 5.1.1.2)."""

import hashlib
import os
import re
from pathlib import Path
from typing import Final

_LINE: Final = re.compile(rb"[0-9A-F]{40}(:[0-9]+)?\r?")
_LONGEST_LINE: Final = 80

COMMON: Final = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("ascii").split())
"""In small letters, and none shorter than a password may be."""


class PasswordListUnusable(Exception):
    """One line: which file, and why."""


class KnownPasswords:
    """The commonest, and with a file all that it lists.

    The file has one SHA-1 in capital hexadecimal letters a line, in their order, with or without `:` and a number: the
    form in which collections of stolen passwords are published. It is searched where it lies, and never read whole.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Raises PasswordListUnusable for a file that is not of that form, as far as its first and last lines tell."""
        self._list = _SortedLines(file) if file else None

    def holds(self, password: str) -> bool:
        plain = password.lower()
        if plain in COMMON or len(set(plain)) == 1:
            return True
        if self._list is None:
            return False
        digest = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        return self._list.holds(digest.upper().encode())


class _SortedLines:
    """Kept open, so that a file that is replaced or removed meanwhile goes on being what it was at the start."""

    def __init__(self, file: Path) -> None:
        try:
            self._descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
            self._size = os.fstat(self._descriptor).st_size
            first, last = self._at(0), self._at(max(0, self._size - _LONGEST_LINE))
        except OSError as error:
            raise PasswordListUnusable(f"the list of passwords {file}: {error.strerror}") from error
        if not (_LINE.fullmatch(first) and _LINE.fullmatch(last) and first <= last):
            raise PasswordListUnusable(f"the list of passwords {file} is not one SHA-1 a line, in their order")

    def holds(self, wanted: bytes) -> bool:
        """By halves: of the lines that begin in [low, high) the wanted one is among those that are left."""
        low, high = 0, self._size
        while low < high:
            middle = (low + high) // 2
            found = self._at(middle)[:40]
            if found == wanted:
                return True
            if not found or found > wanted:
                high = middle
            else:
                low = middle + 1
        return False

    def _at(self, position: int) -> bytes:
        """The first line that begins at a position or behind it; empty behind the last."""
        if position == 0:
            return os.pread(self._descriptor, _LONGEST_LINE, 0).partition(b"\n")[0]
        read = os.pread(self._descriptor, 2 * _LONGEST_LINE, position - 1)
        return read.partition(b"\n")[2].partition(b"\n")[0]
