"""Parameters of a query or a form body: application/x-www-form-urlencoded, read strictly (RFC 6749 appendix B)."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_to_bytes

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidRequest

MAX_FIELDS = 100
MAX_BYTES = 65536

_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@cheaply_made
@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters in the order they were sent. A parameter without a value counts as omitted (RFC 6749 3.1)."""

    sent: tuple[tuple[str, str], ...] = ()
    _single: dict[str, str] = field(init=False, repr=False, compare=False)
    """By name, without those that occur twice: `get` is asked for dozens of names."""

    def __post_init__(self) -> None:
        single = dict(self.sent)
        if len(single) < len(self.sent):
            for name, count in Counter(name for name, _ in self.sent).items():
                if count > 1:
                    del single[name]
        object.__setattr__(self, "_single", single)

    def get(self, name: str) -> str | None:
        """The value; None when omitted, and also when the parameter occurs twice: nobody says which one counts."""
        return self._single.get(name) or None

    def all(self, name: str) -> tuple[str, ...]:
        """Every value, for parameters that may be repeated."""
        return tuple(value for sent_name, value in self.sent if sent_name == name and value)

    def repeated(self, *, allowed: tuple[str, ...] = ("resource",)) -> tuple[str, ...]:
        """The names that occur more than once, with or without values, save those that may (RFC 8707 section 2)."""
        if len(self._single) == len(self.sent):
            return ()
        counts = Counter(name for name, _ in self.sent)
        return tuple(name for name, count in counts.items() if count > 1 and name not in allowed)

    def pairs(self) -> tuple[tuple[str, str], ...]:
        return self.sent


def parse_parameters(text: str | bytes, *, max_fields: int = MAX_FIELDS, max_bytes: int = MAX_BYTES) -> Parameters:
    """Raises InvalidRequest for what is not ASCII, bad escapes, escaped bytes that are not UTF-8, NUL, and excess."""
    if len(text) > max_bytes:
        raise InvalidRequest(f"the parameters take more than {max_bytes} bytes")
    try:
        encoded = text.decode("ascii") if isinstance(text, bytes) else text.encode("ascii").decode("ascii")
    except UnicodeError:
        raise InvalidRequest("the parameters are not form-encoded: a character is not ASCII") from None
    if encoded.count("&") >= max_fields:
        raise InvalidRequest(f"more than {max_fields} parameters")
    if _BAD_ESCAPE.search(encoded):
        raise InvalidRequest("the parameters hold a bad percent escape")
    return Parameters(tuple(_pair(field) for field in encoded.split("&") if field))


def is_longer_encoded(pairs: Iterable[tuple[str, str]], size: int) -> bool:
    """Whether `encode_parameters` gives more than so many characters."""
    found = tuple(pairs)
    # no byte becomes more than three characters: most requests are short enough without a look at each
    at_most = sum(3 * (len(name.encode()) + len(value.encode())) + 2 for name, value in found)
    return at_most > size and len(encode_parameters(found)) > size


def encode_parameters(pairs: Iterable[tuple[str, str]]) -> str:
    """A space becomes %20, which readers of URIs and readers of forms both understand."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _pair(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    return _decode(name), _decode(value)


def _decode(encoded: str) -> str:
    text = encoded.replace("+", " ")
    try:
        if "%" in text:
            text = unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise InvalidRequest("a parameter is not UTF-8") from None
    if "\x00" in text:
        raise InvalidRequest("a parameter holds a NUL character")
    return text
