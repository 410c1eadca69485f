"""Cookies are random; what the database and sealed values hold of them is a hash."""

import base64
import hashlib
import re

from keyfob_protocol.identifiers import SessionId

_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_from(random: bytes) -> str:
    """A cookie value from 32 random bytes."""
    return base64.urlsafe_b64encode(random).rstrip(b"=").decode()


def session_id_of(cookie: str | None) -> SessionId | None:
    """The key of the session row; None for what cannot be one of our cookies."""
    return SessionId(_digest("session", cookie)) if cookie and _COOKIE.fullmatch(cookie) else None


def browser_hash_of(cookie: str | None) -> str | None:
    return _digest("browser", cookie) if cookie and _COOKIE.fullmatch(cookie) else None


def sid_of(session_id: SessionId) -> str:
    """The `sid` claim (OpenID Connect Front-Channel Logout section 3): names the session, opens nothing."""
    return _digest("sid", session_id)[:32]


def _digest(purpose: str, value: str) -> str:
    return hashlib.sha256(f"keyfob {purpose}\0{value}".encode()).hexdigest()
