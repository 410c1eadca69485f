"""JSON objects and arrays: read strictly from peers (RFC 8259, with the advice of RFC 7493), and written."""

import json
import re
from collections.abc import Mapping

MAX_BYTES = 65536
MAX_DEPTH = 8
MAX_SAFE_INTEGER = 2**53 - 1
"""Beyond it receivers differ (RFC 7493 section 2.2)."""
MAX_NUMBER_LENGTH = 32

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_STRUCTURE = re.compile(r'\\.|["\[\]{}]', re.DOTALL)


class JsonDocumentError(ValueError):
    """The text is not a JSON document that everybody reads alike; the message is fit for the peer."""


def parse_json_object(body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> dict[str, object]:
    """The object in `body`: UTF-8 without byte order mark, each member name once, numbers within the safe range.

    Raises JsonDocumentError, and nothing else, whatever the bytes are.
    """
    document = _parse(body, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(document, dict):
        raise JsonDocumentError("the document is not a JSON object")
    return document


def parse_json_array(body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> list[object]:
    """As `parse_json_object`, of an array."""
    document = _parse(body, max_bytes=max_bytes, max_depth=max_depth)
    if not isinstance(document, list):
        raise JsonDocumentError("the document is not a JSON array")
    return document


def _parse(body: bytes, *, max_bytes: int, max_depth: int) -> object:
    if len(body) > max_bytes:
        raise JsonDocumentError(f"the document is larger than {max_bytes} bytes")
    if body.startswith(BYTE_ORDER_MARK):
        raise JsonDocumentError("the document begins with a byte order mark")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise JsonDocumentError("the document is not UTF-8") from None
    # The reader below recurses, so the depth is judged before it starts.
    if text.count("[") + text.count("{") > max_depth and _depth(text) > max_depth:
        raise JsonDocumentError(f"the document is nested deeper than {max_depth} levels")
    try:
        document: object = _read(text)
    except json.JSONDecodeError as error:
        raise JsonDocumentError(f"the document is not JSON (line {error.lineno}, column {error.colno})") from None
    # An escape such as \ud800 alone makes a string that is no Unicode text.
    if "\\u" in text:
        try:
            # Whatever the document is, a member can hold it.
            dump_json({"": document})
        except UnicodeEncodeError:
            raise JsonDocumentError("the document holds a lone surrogate") from None
    return document


def dump_json(document: Mapping[str, object]) -> bytes:
    """Compact UTF-8. Raises UnicodeEncodeError for a lone surrogate, ValueError for NaN and infinities."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _depth(text: str) -> int:
    depth = deepest = 0
    in_string = False
    for match in _STRUCTURE.finditer(text):
        sign = match.group()
        if sign == '"':
            in_string = not in_string
        elif in_string:
            continue
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonDocumentError("a member name occurs twice")
    if any("\x00" in name for name in members):
        raise JsonDocumentError("a member name holds a NUL character")
    return members


def _constant(_name: str) -> object:
    raise JsonDocumentError("NaN and Infinity are not JSON")


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_LENGTH or abs(number := int(digits)) > MAX_SAFE_INTEGER:
        raise JsonDocumentError("a number is out of range")
    return number


def _decimal(digits: str) -> float:
    if len(digits) > MAX_NUMBER_LENGTH or abs(number := float(digits)) > MAX_SAFE_INTEGER:
        raise JsonDocumentError("a number is out of range")
    return number


_read = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_decimal
).decode
