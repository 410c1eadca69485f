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


def admin_session_id_of(cookie: str | None) -> SessionId | None:
    """The key of an administrator's session: never that of a session of the sign-in pages, whatever the cookie."""
    return SessionId(_digest("admin session", cookie)) if cookie and _COOKIE.fullmatch(cookie) else None


def form_token_of(cookie: str) -> str:
    """What the forms of an administrator's session carry (anti-CSRF); it opens nothing by itself."""
    return _digest("admin form", cookie)


def sign_in_hash_of(cookie: str | None) -> str | None:
    """What the `state` of an administrator's sign-in holds of its cookie."""
    return _digest("admin sign-in", cookie) if cookie and _COOKIE.fullmatch(cookie) else None


def code_verifier_of(cookie: str) -> str:
    """The `code_verifier` (RFC 7636) of an administrator's sign-in: made anew from the cookie, and sent nowhere."""
    return _digest("admin code verifier", cookie)


def _digest(purpose: str, value: str) -> str:
    return hashlib.sha256(f"keyfob {purpose}\0{value}".encode()).hexdigest()
