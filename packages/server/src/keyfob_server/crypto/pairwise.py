"""Pairwise subject identifiers (OpenID Connect Core section 8.1) under a key that is never changed."""

import hashlib
import hmac

from keyfob_server.crypto import base64url
from keyfob_server.crypto.derivation import derive, framed
from keyfob_server.crypto.roots import Roots


class HmacPairwiseSubjects:
    """ports.subjects.PairwiseSubjects: 43 url-safe characters."""

    __slots__ = ("_key",)

    def __init__(self, roots: Roots) -> None:
        self._key = derive(roots.pairwise[0].key, "pairwise subject")

    def subject(self, sector: str, account_id: str) -> str:
        return base64url.encode(hmac.digest(self._key, framed(sector, account_id), hashlib.sha256))
