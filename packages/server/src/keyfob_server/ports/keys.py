from collections.abc import Mapping
from typing import Protocol


class TokenSigner(Protocol):
    """The signing keys of the server."""

    def sign(self, alg: str, claims: Mapping[str, object], *, typ: str = "JWT") -> str:
        """A compact JWS (RFC 7515) with `kid` and `typ` (RFC 8725 section 3.11).

        Raises KeyError for an algorithm without a key.
        """
        ...

    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that can be signed with now."""
        ...

    def verify(self, token: str) -> Mapping[str, object] | None:
        """The claims of an ID token (`typ` JWT) that one of our keys signed, retired ones included; None otherwise.

        Times are not checked.
        """
        ...

    def jwks(self) -> bytes:
        """The published JWK Set (RFC 7517), as JSON."""
        ...
