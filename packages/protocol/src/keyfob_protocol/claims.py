"""Claims about the person (OpenID Connect Core sections 3.1.3.6, 5.1 and 5.4)."""

import hashlib
from collections.abc import Mapping

from keyfob_protocol.jwk import base64url_encode

CLAIMS_BY_SCOPE: Mapping[str, tuple[str, ...]] = {
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
}
"""The table of OpenID Connect Core section 5.4."""

SUPPORTED_CLAIMS = (
    "sub",
    "name",
    "family_name",
    "given_name",
    "preferred_username",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
)
"""Those of the table that an account here can have."""


def claims_for(scope: tuple[str, ...], facts: Mapping[str, object]) -> dict[str, object]:
    """What of `facts` the scope lets the client see. Facts that are None or empty text are left out (section 5.3.2)."""
    visible = {claim for name in scope for claim in CLAIMS_BY_SCOPE.get(name, ())}
    return {claim: fact for claim, fact in facts.items() if claim in visible and fact is not None and fact != ""}


def at_hash(access_token: str) -> str:
    """The left half of the SHA-256 hash, for ID tokens signed with an algorithm ending in 256 (section 3.1.3.6)."""
    return base64url_encode(hashlib.sha256(access_token.encode("ascii")).digest()[:16])
