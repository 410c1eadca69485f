from collections.abc import Mapping
from typing import Protocol


class TokenSigner(Protocol):
    """The signing keys of the server."""

    def sign(self, alg: str, claims: Mapping[str, object]) -> str:
        """A compact JWS (RFC 7515) with `kid`; raises KeyError for an algorithm without a key."""
        ...

    def algorithms(self) -> tuple[str, ...]:
        """The algorithms that can be signed with now."""
        ...

    def verify(self, token: str) -> Mapping[str, object] | None:
        """The claims of a JWT that one of our keys signed, retired ones included; None otherwise. Times unchecked."""
        ...

    def jwks(self) -> bytes:
        """The published JWK Set (RFC 7517), as JSON."""
        ...
