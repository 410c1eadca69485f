"""JWTs that the server signs and later reads again (RFC 7515, RFC 7519, RFC 8725)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from joserfc import jws
from joserfc.errors import JoseError

from keyfob_server.crypto import base64url
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS, SigningKey
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.rules.signing_keys import plan_keys

MAX_TOKEN = 8192
"""Characters; longer text is refused before it is decoded."""

ID_TOKEN: Final = "JWT"
"""The `typ` of an ID token; whatever else is signed has one of its own, and is never taken for it."""
_SEGMENTS = 3
# Whatever a stranger's text does to the parsers, it is not a token of ours.
_JUNK = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class _Signature:
    """One key with what does not change from token to token."""

    key: SigningKey
    registry: jws.JWSRegistry
    """Allows the key's algorithm and no other: what a token says of itself chooses nothing (RFC 8725 section 3.1)."""
    header: str
    """The protected header as it stands in the token."""


class SigningKeys:
    """The keys as `plan_keys` sees them at `now`; at `changes_at` they are to be looked at anew."""

    __slots__ = ("_jwks", "_signing", "_verifying", "changes_at", "missing")

    def __init__(
        self,
        records: Iterable[SigningKeyRecord],
        opened: Mapping[str, SigningKey],
        now: int,
        *,
        keep_published_s: int,
    ) -> None:
        """`opened` by `kid`. A key that is not in it is neither published nor used; the one before it goes on."""
        everything = tuple(records)
        due = plan_keys(everything, now=now, keep_published_s=keep_published_s)
        here = [record for record in everything if record.kid in opened]
        plan = plan_keys(here, now=now, keep_published_s=keep_published_s)
        self._verifying = {kid: _prepare(opened[kid]) for kid in plan.verifying}
        self._signing = {alg: self._verifying[kid] for alg, kid in plan.signing.items()}
        members = [opened[kid].public_members() for kid in plan.published]
        self._jwks = json.dumps({"keys": members}, separators=(",", ":")).encode("ascii")
        self.changes_at: Final = due.changes_at
        """Epoch seconds; None: never."""
        self.missing: Final = tuple(kid for kid in due.signing.values() if kid not in opened)
        """What should sign now, and cannot be opened here."""

    def sign(self, alg: str, claims: Mapping[str, object], *, typ: str = ID_TOKEN) -> str:
        """A compact JWS with `kid` and `typ`; raises KeyError for an algorithm that no key signs with now."""
        chosen = self._signing[alg]
        header = chosen.header if typ == ID_TOKEN else _header(chosen.key, typ)
        payload = json.dumps(claims, separators=(",", ":"), allow_nan=False).encode("ascii")
        signing_input = f"{header}.{base64url.encode(payload)}"
        signature = chosen.registry.get_alg(alg).sign(signing_input.encode("ascii"), chosen.key.jwk)
        return f"{signing_input}.{base64url.encode(signature)}"

    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that can be signed with now."""
        return tuple(alg for alg in SIGNING_ALGORITHMS if alg in self._signing)

    def knows(self, kid: str) -> bool:
        """Whether its signatures are believed."""
        return kid in self._verifying

    def verify(self, token: str) -> Mapping[str, object] | None:
        """The claims, when one of our keys signed them with its own algorithm; None otherwise. Times unchecked."""
        try:
            signed = _extract(token)
            signature = self._verifying.get(_kid(signed)) if signed else None
            if signed is None or signature is None or signed.headers().get("typ") != ID_TOKEN:
                return None
            if not jws.validate_compact(signed, signature.key.jwk, registry=signature.registry):
                return None
            claims = json.loads(signed.payload)
        except _JUNK:
            return None
        return claims if isinstance(claims, dict) else None

    def jwks(self) -> bytes:
        """The published JWK Set (RFC 7517 section 5), as JSON."""
        return self._jwks


def claimed_kid(token: str) -> str:
    """The `kid` that a token names, of which nothing is proved; empty when it is no JWS."""
    try:
        signed = _extract(token)
        return _kid(signed) if signed else ""
    except _JUNK:
        return ""


def _extract(token: str) -> jws.CompactSignature | None:
    """Taken apart, nothing verified. Raises some of `_JUNK`."""
    if len(token) > MAX_TOKEN or not token.isascii():
        return None
    segments = token.split(".")
    if len(segments) != _SEGMENTS or not all(segments):
        return None
    return jws.extract_compact(token.encode("ascii"))


def _kid(signed: jws.CompactSignature) -> str:
    kid = signed.headers().get("kid")
    return kid if isinstance(kid, str) else ""


def _prepare(key: SigningKey) -> _Signature:
    return _Signature(key, jws.JWSRegistry(algorithms=[key.alg]), _header(key, ID_TOKEN))


def _header(key: SigningKey, typ: str) -> str:
    header = json.dumps({"alg": key.alg, "kid": key.kid, "typ": typ}, separators=(",", ":"))
    return base64url.encode(header.encode("ascii"))
