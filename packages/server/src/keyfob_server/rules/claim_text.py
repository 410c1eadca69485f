"""The compact form of what is sealed: a JSON array without spaces, in UTF-8."""

import json
from collections.abc import Sequence

_text = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def claim_text(fields: Sequence[str | int]) -> bytes:
    return _text(fields).encode()
