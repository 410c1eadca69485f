"""ID token validation, in the order of OpenID Connect Core section 3.1.3.7. Whatever is not proved is refused."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_client.errors import InvalidIdToken
from keyfob_client.verification_keys import SUPPORTED_ALGORITHMS, VerificationKey, select_key
from keyfob_protocol.claims import at_hash
from keyfob_protocol.json_document import JsonDocumentError, parse_json_object
from keyfob_protocol.jwk import base64url_decode

MAX_TOKEN_LENGTH = 16 * 1024
MAX_SUBJECT_LENGTH = 255
MAX_AGE_AT_ISSUE_S = 600
"""How far `iat` may lie from the device's clock, either way."""
SKEW_S = 60
_PARTS = 3


@dataclass(frozen=True, slots=True)
class VerifiedIdToken:
    """Made by `verify_id_token` alone."""

    issuer: str
    subject: str
    issued_at: int
    expires_at: int
    claims: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expected:
    """What this token must say. `alg` is the algorithm of the registration, never the one that the token asks for."""

    issuer: str
    client_id: str
    nonce: str
    alg: str
    access_token: str = field(repr=False)
    trusted_audiences: frozenset[str] = frozenset()


def verify_id_token(token: str, keys: tuple[VerificationKey, ...], expected: Expected, *, now: int) -> VerifiedIdToken:
    """Raises InvalidIdToken with the reason. `now` is the device's clock in epoch seconds."""
    claims = _signed_claims(token, keys, expected.alg)
    if claims.get("iss") != expected.issuer:
        raise InvalidIdToken("The ID token comes from another issuer.")
    _check_audience(claims, expected)
    issued_at, expires_at = _check_times(claims, now)
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), expected.nonce.encode()):
        raise InvalidIdToken("The ID token was made for another sign-in: its nonce differs.")
    hashed = claims.get("at_hash")
    if "at_hash" in claims and (
        not isinstance(hashed, str) or not hmac.compare_digest(hashed.encode(), at_hash(expected.access_token).encode())
    ):
        raise InvalidIdToken("The ID token belongs to another access token: its at_hash differs.")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject or len(subject) > MAX_SUBJECT_LENGTH:
        raise InvalidIdToken("The ID token names no subject.")
    return VerifiedIdToken(expected.issuer, subject, issued_at, expires_at, claims)


def _signed_claims(token: str, keys: tuple[VerificationKey, ...], alg: str) -> dict[str, object]:
    parts = token.split(".")
    if len(token) > MAX_TOKEN_LENGTH or len(parts) != _PARTS:
        raise InvalidIdToken("The ID token is no signed token.")
    try:
        header = parse_json_object(base64url_decode(parts[0]))
        signature = base64url_decode(parts[2])
    except (JsonDocumentError, ValueError) as error:
        raise InvalidIdToken("The ID token cannot be decoded.") from error
    allowed = next((known for known in SUPPORTED_ALGORITHMS if known == alg), None)
    if allowed is None or header.get("alg") != allowed:
        raise InvalidIdToken("The ID token is not signed by the algorithm that was registered.")
    if "crit" in header or "b64" in header:
        raise InvalidIdToken("The ID token needs an extension that is not understood.")
    kid = header.get("kid", "")
    if not isinstance(kid, str):
        raise InvalidIdToken("The ID token's kid is no string.")
    key = select_key(keys, alg=allowed, kid=kid)
    if not key.verifies(f"{parts[0]}.{parts[1]}".encode(), signature):
        raise InvalidIdToken("The ID token's signature is wrong.")
    try:
        return parse_json_object(base64url_decode(parts[1]))
    except (JsonDocumentError, ValueError) as error:
        raise InvalidIdToken("The ID token's claims cannot be read.") from error


def _check_audience(claims: Mapping[str, object], expected: Expected) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if expected.client_id not in audiences:
        raise InvalidIdToken("The ID token is meant for another client.")
    if any(each != expected.client_id and each not in expected.trusted_audiences for each in audiences):
        raise InvalidIdToken("The ID token is also meant for an audience that this app does not trust.")
    if len(audiences) > 1 and "azp" not in claims:
        raise InvalidIdToken("The ID token has several audiences and no azp.")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise InvalidIdToken("The ID token was issued to another client.")


def _check_times(claims: Mapping[str, object], now: int) -> tuple[int, int]:
    issued_at, expires_at = _time(claims, "iat"), _time(claims, "exp")
    if now >= expires_at + SKEW_S:
        raise InvalidIdToken("The ID token has expired; is this device's clock right?")
    if abs(now - issued_at) > MAX_AGE_AT_ISSUE_S:
        raise InvalidIdToken("The ID token was not issued now; is this device's clock right?")
    if "nbf" in claims and _time(claims, "nbf") > now + SKEW_S:
        raise InvalidIdToken("The ID token is not valid yet; is this device's clock right?")
    return issued_at, expires_at


def _time(claims: Mapping[str, object], name: str) -> int:
    """A NumericDate (RFC 7519 section 2); a fraction of a second is dropped."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidIdToken(f"The ID token's {name} is no time.")
    return int(value)
