"""How text that other people chose is shown: one line of bounded length that cannot rearrange what is around it.

Escaping is the template engine's work; this is about characters that are harmless to a parser and deceive a reader.
"""

import unicodedata

_JOINERS = {"\u200c", "\u200d"}  # Persian, Indic scripts and emoji need them
_BLANK_LETTERS = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}  # letters by category, empty to the eye
_MAX_MARKS = 3
_MAX_READ = 4096


def shown(text: str, limit: int = 80) -> str:
    """The text without control, direction and invisible characters, cut after `limit` characters."""
    line = _one_line(text)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def shown_origin(text: str, limit: int = 260) -> str:
    """As `shown`, for a host or a scheme: its end tells whose it is, so a cut takes out the middle."""
    line = _one_line(text)
    half = limit // 2
    return line if len(line) <= limit else f"{line[:half]}…{line[-half:]}"


def _one_line(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text[:_MAX_READ]:
        category = unicodedata.category(character)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Zl", "Zp", "Zs"}:
            kept.append(" ")
        elif category == "Cs":
            kept.append("\ufffd")
        elif (category == "Cf" and character not in _JOINERS) or character in _BLANK_LETTERS or marks > _MAX_MARKS:
            continue
        else:
            kept.append(character)
    return " ".join("".join(kept).split())
