"""Signing keys as the database has them: a public JWK in clear, the private key wrapped (ADR 0006).

The verification root wraps. A sealing key may be dropped at once when it leaks; a verification key is kept as long as
anything names it, and signing keys must outlive every sealing key.

The wrapped form: version 1, key id 4, nonce 12, then AES-256-GCM over PKCS #8, bound to kid and algorithm. The kid is
the RFC 7638 thumbprint. The public key that is used and published comes out of the wrapped one, never out of the row's
JWK: whoever can write the database cannot make the server trust a key of theirs.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey, RSAKey

from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.roots import KEY_ID_BYTES, Roots
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.records import SigningKeyRecord

SIGNING_ALGORITHMS = ("RS256", "ES256")
RSA_BITS = (2048, 3072)

_VERSION = b"\x01"
_USE = "signing-key"
_NONCE_BYTES = 12
_NONCE_AT = 1 + KEY_ID_BYTES
_CIPHERTEXT_AT = _NONCE_AT + _NONCE_BYTES
_RSA_EXPONENT = 65537


class SigningKeyUnusable(Exception):
    """A row of signing keys does not open with these roots; names the kid alone."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    kid: str
    alg: str
    jwk: RSAKey | ECKey
    """Holds the private key."""

    def public_members(self) -> Mapping[str, object]:
        """The published JWK (RFC 7517 section 4): public members only."""
        return {**self.jwk.as_dict(private=False), "use": "sig", "alg": self.alg, "kid": self.kid}


def generate_signing_key(
    alg: str, roots: Roots, *, entropy: Entropy, created: int, signs_from: int, rsa_bits: int = RSA_BITS[0]
) -> SigningKeyRecord:
    """A new key as a row, published from `created` and signing from `signs_from` (epoch seconds).

    Raises ValueError for an algorithm or size that is not offered. Takes up to a second for RSA.
    """
    private = _generate(alg, rsa_bits)
    jwk = _as_jwk(private)
    key = SigningKey(jwk.thumbprint(), alg, jwk)
    return SigningKeyRecord(
        kid=key.kid,
        alg=alg,
        public_jwk=json.dumps(key.public_members(), separators=(",", ":")),
        wrapped_private=_wrap(_content_of(private), key.kid, alg, roots, entropy),
        created=created,
        signs_from=signs_from,
    )


def rewrapped(record: SigningKeyRecord, before: Roots, after: Roots, *, entropy: Entropy) -> SigningKeyRecord:
    """The same key under the first verification key of `after`. Raises SigningKeyUnusable."""
    wrapped = _wrap(_unwrap(record, before), record.kid, record.alg, after, entropy)
    return replace(record, wrapped_private=wrapped)


def wrapping_key_id(record: SigningKeyRecord) -> str:
    """The id of the verification key that it is wrapped under."""
    return record.wrapped_private[1:_NONCE_AT].hex()


def open_signing_key(record: SigningKeyRecord, roots: Roots) -> SigningKey:
    """Unwrap; raises SigningKeyUnusable when the root is not here or the row is not what was wrapped."""
    # nobody else can have sealed it: asking a key of our own whether its factors are primes takes longer than signing
    private = load_der_private_key(_unwrap(record, roots), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise SigningKeyUnusable(f"signing key {record.kid}: neither RSA nor EC")
    return SigningKey(record.kid, record.alg, _as_jwk(private))


@dataclass(frozen=True, slots=True)
class OpenedKeys:
    by_kid: Mapping[str, SigningKey]
    refusals: tuple[SigningKeyUnusable, ...] = ()
    """One for each row that does not open."""


def open_signing_keys(
    records: Iterable[SigningKeyRecord], roots: Roots, known: Mapping[str, SigningKey] | None = None
) -> OpenedKeys:
    """Those that open. What is in `known` was opened before and is not unwrapped again: a key never changes."""
    opened: dict[str, SigningKey] = {}
    refusals: list[SigningKeyUnusable] = []
    for record in records:
        try:
            opened[record.kid] = (known or {}).get(record.kid) or open_signing_key(record, roots)
        except SigningKeyUnusable as error:
            refusals.append(error)
    return OpenedKeys(opened, tuple(refusals))


def _wrap(content: bytes, kid: str, alg: str, roots: Roots, entropy: Entropy) -> bytes:
    root = roots.verification[0]
    header = _VERSION + bytes.fromhex(root.id)
    nonce = entropy.bytes(_NONCE_BYTES)
    return header + nonce + AESGCM(derive(root.key, _USE)).encrypt(nonce, content, framed(header, _USE, kid, alg))


def _unwrap(record: SigningKeyRecord, roots: Roots) -> bytes:
    """PKCS #8. Raises SigningKeyUnusable."""
    wrapped = record.wrapped_private
    header, nonce, ciphertext = wrapped[:_NONCE_AT], wrapped[_NONCE_AT:_CIPHERTEXT_AT], wrapped[_CIPHERTEXT_AT:]
    root = next((root for root in roots.verification if _VERSION + bytes.fromhex(root.id) == header), None)
    if root is None:
        raise SigningKeyUnusable(f"signing key {record.kid}: its verification key is not among the root keys")
    bound_to = framed(header, _USE, record.kid, record.alg)
    try:
        return AESGCM(derive(root.key, _USE)).decrypt(nonce, ciphertext, bound_to)
    except (InvalidTag, ValueError) as error:
        raise SigningKeyUnusable(f"signing key {record.kid}: the row was changed or belongs to other roots") from error


def _content_of(private: RSAPrivateKey | EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _generate(alg: str, rsa_bits: int) -> RSAPrivateKey | EllipticCurvePrivateKey:
    match alg:
        case "RS256" if rsa_bits in RSA_BITS:
            return generate_rsa_key(public_exponent=_RSA_EXPONENT, key_size=rsa_bits)
        case "ES256":
            return generate_ec_key(SECP256R1())
        case _:
            raise ValueError(f"no signing key of {alg} with {rsa_bits} bits")


def _as_jwk(private: RSAPrivateKey | EllipticCurvePrivateKey) -> RSAKey | ECKey:
    return RSAKey.import_key(private) if isinstance(private, RSAPrivateKey) else ECKey.import_key(private)
