"""Signing keys of a server, for tests of what they sign."""

import json
from collections.abc import Iterable, Mapping

from keyfob_server.crypto import base64url
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.jose import SigningKeys
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.crypto.signing_keys import generate_signing_key, open_signing_keys
from keyfob_server.rules.records import SigningKeyRecord

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
NOW = 1_750_000_000
DAY = 86400
KEEP = 7 * DAY
CLAIMS = {"iss": "https://id.example", "sub": "anna", "exp": NOW + 300, "nonce": "n\u00e9"}


def record_of(alg: str, *, created: int = NOW, signs_from: int = NOW) -> SigningKeyRecord:
    return generate_signing_key(alg, ROOTS, entropy=ENTROPY, created=created, signs_from=signs_from)


def keys_of(records: Iterable[SigningKeyRecord], *, roots: Roots = ROOTS, now: int = NOW) -> SigningKeys:
    known = tuple(records)
    opened = open_signing_keys(known, roots)
    assert opened.refusals == ()
    return SigningKeys(known, opened.by_kid, now, keep_published_s=KEEP)


def segment(content: Mapping[str, object] | bytes) -> str:
    return base64url.encode(content if isinstance(content, bytes) else json.dumps(content).encode())


def header_of(token: str) -> dict[str, object]:
    header = json.loads(base64url.decode(token.partition(".")[0]) or b"")
    assert isinstance(header, dict)
    return header
