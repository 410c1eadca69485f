"""The second line of defence against secrets in logs; the first is that nobody logs one.

By name: a fact that is called like a secret is never written. By form: whatever looks like one of our secrets or tokens
(a run of 40 url-safe characters and more), a JWT, a credential of an HTTP header or of a form goes, wherever it stands.
"""

import re
from functools import lru_cache
from string import ascii_letters, digits

REDACTED = "[redacted]"
MAX_TEXT = 1000
"""Characters of one text."""
MAX_NAME = 64

_CUT = "[cut]"
_LARGEST_INTEGER = 2**63
_SENSITIVE = (
    *("secret", "token", "code", "passw", "passphrase", "authorization", "cookie", "assertion"),
    *("verifier", "credential", "private", "jwt", "salt", "apikey", "api_key"),
)
_HARMLESS = frozenset(
    {"status_code", "error_code", "exit_code", "token_type", "token_endpoint_auth_method", "code_challenge_method"}
)
_PUBLIC_THUMBPRINTS = frozenset({"kid", "jkt"})
_TOKEN_CHARACTERS = ascii_letters + digits + "-_.~+/=%"

# Each takes time in proportion to the text: none starts with an unbounded repetition, or again inside of one.
_HEADER = re.compile(r"(?i)((?:cookie|authorization)[\"']?\s{0,3}[:=,]).*")
_SCHEME = re.compile(r"(?i)\b(bearer|basic|dpop)\s{1,3}[\w.~+/=-]{4,}")
_PARAMETER = re.compile(
    r"(?i)((?:secret|token|passw(?:or)?d|assertion|verifier|code)[\"']?\s{0,3}[:=]\s{0,3})"
    r"(?:\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[^\s\"'&,;}]+)"
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}(?:\.[\w-]*){1,4}")
_LONG_RUN = re.compile(r"[A-Za-z0-9_-]{40,}")
# Most texts of a log are a word, a path or an id: without a blank, a sign between a name and its value, or a long run,
# and not begun as a JWT is, none of the forms above can be in them.
_PLAIN = re.compile(r"(?!.*eyJ)(?!.*[A-Za-z0-9_-]{40})[A-Za-z0-9_./-]{0,200}")


def redact_fact(name: str, value: object) -> str | int | bool | None:
    """What of a named fact may be written. Of anything but text, numbers and truth values only the type is."""
    if _is_sensitive(name):
        return REDACTED
    if isinstance(value, str):
        return value[:MAX_NAME] if name in _PUBLIC_THUMBPRINTS else redact_text(value)
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < _LARGEST_INTEGER):
        return value
    return f"[{type(value).__name__}]"


def redact_text(text: str) -> str:
    """Free text without what has the form of a secret, and no longer than MAX_TEXT and a note that it was cut."""
    if _PLAIN.fullmatch(text):
        return text
    if len(text) > MAX_TEXT:
        # A secret that the cut went through would no longer have its form: it goes with the cut.
        text = text[:MAX_TEXT].rstrip(_TOKEN_CHARACTERS) + _CUT
    text = _HEADER.sub(rf"\1 {REDACTED}", text)
    text = _SCHEME.sub(rf"\1 {REDACTED}", text)
    text = _PARAMETER.sub(rf"\1{REDACTED}", text)
    text = _JWT.sub(REDACTED, text)
    return _LONG_RUN.sub(REDACTED, text)


@lru_cache(maxsize=256)
def _is_sensitive(name: str) -> bool:
    lower = name.lower()
    return lower not in _HARMLESS and any(word in lower for word in _SENSITIVE)
