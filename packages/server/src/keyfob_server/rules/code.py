"""Whether a code may be redeemed (RFC 6749 section 4.1.3, RFC 7636 section 4.6)."""

import hashlib
import hmac
from dataclasses import dataclass

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.pkce import verifier_matches
from keyfob_server.rules.liveness import death_of_parties
from keyfob_server.rules.records import Loaded
from keyfob_server.rules.sealed_claims import CodeClaims


@dataclass(frozen=True, slots=True)
class Redeem:
    """Valid: insert the grant; the conflict is the replay."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Valid in everything, but redeemed before: revoke what it yielded."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Not for this request: nothing changes."""

    reason: str


def redirect_hash(redirect_uri: str) -> str:
    return hashlib.sha256(redirect_uri.encode()).hexdigest()


def judge(
    code: CodeClaims, loaded: Loaded, *, client_id: ClientId, redirect_uri: str | None, code_verifier: str | None
) -> Redeem | Replayed | Mismatch:
    """Binding first, then replay, then time and liveness: a wrong binding changes nothing, ever."""
    presented = redirect_hash(redirect_uri) if redirect_uri else ""
    if code.client_id != client_id:
        return Mismatch("issued to another client")
    if not hmac.compare_digest(code.redirect_hash, presented):
        return Mismatch("redirect_uri differs")
    if not code.code_challenge and code_verifier:
        return Mismatch("code_verifier without a code_challenge")
    if code.code_challenge and not verifier_matches(code_verifier, code.code_challenge):
        return Mismatch("code_verifier does not match")
    if loaded.grant is not None:
        return Replayed()
    if code.expires_at <= loaded.now:
        return Mismatch("expired")
    if death := death_of_parties(loaded, code.generations):
        return Mismatch(death)
    return Redeem()
