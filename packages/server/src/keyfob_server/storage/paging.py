"""How many rows a list brings at most, whatever it was asked for."""

from typing import Final

LARGEST_PAGE: Final = 1000


def page_of(limit: int) -> int:
    return max(0, min(limit, LARGEST_PAGE))
