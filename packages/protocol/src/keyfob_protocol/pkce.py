"""Proof Key for Code Exchange, method S256 alone (RFC 7636, RFC 9700 section 2.1.1)."""

import hashlib
import hmac
import re

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.jwk import base64url_encode

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


def challenge_of(verifier: str) -> str:
    """RFC 7636 section 4.2. Raises UnicodeEncodeError for what is not ASCII."""
    return base64url_encode(hashlib.sha256(verifier.encode("ascii")).digest())


def check_code_challenge(challenge: str | None, method: str | None) -> None:
    """Raises InvalidRequest unless this is an S256 challenge. A missing method would mean `plain`, which is refused."""
    if challenge is None:
        raise InvalidRequest("code_challenge required")
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge must be 43 characters of base64url")


def verifier_matches(verifier: str | None, challenge: str) -> bool:
    """Whether `verifier` is well formed and makes `challenge`; constant time. Nothing makes an empty challenge."""
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    return hmac.compare_digest(challenge_of(verifier).encode(), challenge.encode())
