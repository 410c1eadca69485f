"""The sealed state of forms: made for one browser, opened only by it."""

import hmac
from typing import Final

from keyfob_server.endpoints.outcomes import ShowStale
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.sealed_claims import InteractionClaims

MAX_QUERY: Final = 5632
"""Bytes of a form-encoded request: a sealed value has room for these and for what its other claims need."""


def seal_interaction(services: Services, kind: str, *, browser_hash: str, session_id: str, query: str, now: int) -> str:
    claims = InteractionClaims(
        kind=kind,
        browser_hash=browser_hash,
        session_id=session_id,
        query=query,
        issued_at=now,
        expires_at=now + services.policy.interaction_lifetime_s,
    )
    return services.sealer.seal(InteractionClaims.PURPOSE, claims.encode(), now=now)


def open_interaction(
    services: Services, kind: str, state: str | None, *, browser_hash: str, now: int, restart_path: str
) -> InteractionClaims | ShowStale:
    """The request that the form belongs to, or the page that says why it cannot go on."""
    payload = services.sealer.open(InteractionClaims.PURPOSE, state) if state else None
    if payload is None:
        return ShowStale(restart_uri="", forged=True)
    claims = InteractionClaims.decode(payload)
    restart_uri = f"{restart_path}?{claims.query}" if claims.query else ""
    if claims.kind != kind:
        return ShowStale(restart_uri="", forged=True)
    if not hmac.compare_digest(claims.browser_hash, browser_hash):
        return ShowStale(restart_uri=restart_uri, forged=True)
    if claims.expires_at <= now:
        return ShowStale(restart_uri=restart_uri, forged=False)
    return claims
