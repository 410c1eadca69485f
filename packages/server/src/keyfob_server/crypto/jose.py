"""JWTs that the server signs and later reads again (RFC 7515, RFC 7519, RFC 8725)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError

from keyfob_server.crypto import base64url
from keyfob_server.crypto.roots import Roots
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS, SigningKey, open_signing_key
from keyfob_server.rules.records import SigningKeyRecord

MAX_TOKEN = 8192
"""Characters; longer text is refused before it is decoded."""

_SEGMENTS = 3


@dataclass(frozen=True, slots=True)
class _Signature:
    """One key with what does not change from token to token."""

    key: SigningKey
    registry: jws.JWSRegistry
    """Allows the key's algorithm and no other: what a token says of itself chooses nothing (RFC 8725 section 3.1)."""
    header: str
    """The protected header as it stands in the token."""


class SigningKeys:
    """The rows as they were at `now`: build a new one when a row or the hour of `signs_from` comes.

    The newest key of an algorithm whose `signs_from` has come signs. A key is published from its creation until
    `retired_at`; a retired one still verifies what it signed (an old `id_token_hint`), and nothing else.
    """

    __slots__ = ("_by_kid", "_jwks", "_signing")

    def __init__(self, records: Iterable[SigningKeyRecord], roots: Roots, now: int) -> None:
        """Raises SigningKeyUnusable when a row does not open with these roots."""
        ordered = sorted(records, key=lambda record: (record.signs_from, record.created, record.kid))
        self._by_kid = {record.kid: _prepare(open_signing_key(record, roots)) for record in ordered}
        published = [record for record in ordered if record.retired_at is None or record.retired_at > now]
        self._signing = {
            record.alg: self._by_kid[record.kid] for record in published if record.signs_from <= now
        }  # of one algorithm the last of the order stays
        members = [self._by_kid[record.kid].key.public_members() for record in published]
        self._jwks = json.dumps({"keys": members}, separators=(",", ":")).encode("ascii")

    def sign(self, alg: str, claims: Mapping[str, object]) -> str:
        """A compact JWS with `kid` and `typ`; raises KeyError for an algorithm that no key signs with now."""
        chosen = self._signing[alg]
        payload = json.dumps(claims, separators=(",", ":"), allow_nan=False).encode("ascii")
        signing_input = f"{chosen.header}.{base64url.encode(payload)}"
        signature = chosen.registry.get_alg(alg).sign(signing_input.encode("ascii"), chosen.key.jwk)
        return f"{signing_input}.{base64url.encode(signature)}"

    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that can be signed with now."""
        return tuple(alg for alg in SIGNING_ALGORITHMS if alg in self._signing)

    def verify(self, token: str) -> Mapping[str, object] | None:
        """The claims, when one of our keys signed them with its own algorithm; None otherwise. Times unchecked."""
        if len(token) > MAX_TOKEN or not token.isascii():
            return None
        segments = token.split(".")
        if len(segments) != _SEGMENTS or not all(segments):
            return None
        try:
            signed = jws.extract_compact(token.encode("ascii"))
            kid = signed.headers().get("kid")
            signature = self._by_kid.get(kid) if isinstance(kid, str) else None
            if signature is None or not jws.validate_compact(signed, signature.key.jwk, registry=signature.registry):
                return None
            claims = json.loads(signed.payload)
        # Whatever a stranger's text does to the parsers, it is not a token of ours.
        except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return claims if isinstance(claims, dict) else None

    def jwks(self) -> bytes:
        """The published JWK Set (RFC 7517 section 5), as JSON."""
        return self._jwks


def _prepare(key: SigningKey) -> _Signature:
    header = json.dumps({"alg": key.alg, "kid": key.kid, "typ": "JWT"}, separators=(",", ":"))
    return _Signature(key, jws.JWSRegistry(algorithms=[key.alg]), base64url.encode(header.encode("ascii")))
