"""The keys that are in force now. They are replaced while the server runs: all together, by one assignment.

Whoever was handed one of the ports below asks for the present set at each call, so that nothing has to be started anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keyfob_server.crypto.jose import SigningKeys, claimed_kid
from keyfob_server.crypto.pepper import Peppers, peppers_of
from keyfob_server.crypto.refresh_tokens import MacRefreshTokens
from keyfob_server.crypto.roots import Roots
from keyfob_server.crypto.sealing import AesGcmSealer
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.ports.sealing import PresentedRefreshToken
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.records import GrantKey


@dataclass(frozen=True, slots=True)
class RootKeys:
    """Whatever is made out of the root keys."""

    roots: Roots
    sealer: AesGcmSealer
    hasher: HmacSecretHasher
    refresh_tokens: MacRefreshTokens
    peppers: Peppers


def root_keys_of(roots: Roots, *, issuer: str, incarnation: str, entropy: Entropy) -> RootKeys:
    return RootKeys(
        roots=roots,
        sealer=AesGcmSealer(roots, issuer=issuer, incarnation=incarnation, entropy=entropy),
        hasher=HmacSecretHasher(roots),
        refresh_tokens=MacRefreshTokens(roots, issuer=issuer),
        peppers=peppers_of(roots),
    )


@dataclass(slots=True)
class LiveKeys:
    root: RootKeys
    signing: SigningKeys
    on_unknown_kid: Callable[[], None] = lambda: None
    """Called when a token names a key that is not here: another node may have made one."""


@dataclass(frozen=True, slots=True)
class LiveSealer:
    """ports.sealing.Sealer"""

    keys: LiveKeys

    def seal(self, purpose: str, payload: bytes, *, now: int) -> str:
        return self.keys.root.sealer.seal(purpose, payload, now=now)

    def open(self, purpose: str, text: str) -> bytes | None:
        return self.keys.root.sealer.open(purpose, text)


@dataclass(frozen=True, slots=True)
class LiveSecretHasher:
    """ports.sealing.SecretHasher"""

    keys: LiveKeys

    def hash(self, purpose: str, secret: str) -> str:
        return self.keys.root.hasher.hash(purpose, secret)

    def derive(self, purpose: str, *parts: str, like: str = "") -> bytes:
        return self.keys.root.hasher.derive(purpose, *parts, like=like)

    def verify(self, purpose: str, secret: str, stored: str) -> bool:
        return self.keys.root.hasher.verify(purpose, secret, stored)

    def verify_either(self, purpose: str, secret: str, first: str, second: str) -> tuple[bool, bool]:
        return self.keys.root.hasher.verify_either(purpose, secret, first, second)

    def knows(self, stored: str) -> bool:
        return self.keys.root.hasher.knows(stored)


@dataclass(frozen=True, slots=True)
class LiveRefreshTokens:
    """ports.sealing.RefreshTokens"""

    keys: LiveKeys

    def mint(self, key: GrantKey, *, counter: int, salt: bytes) -> str:
        return self.keys.root.refresh_tokens.mint(key, counter=counter, salt=salt)

    def parse(self, token: str) -> PresentedRefreshToken | None:
        return self.keys.root.refresh_tokens.parse(token)

    def verify(self, presented: PresentedRefreshToken, *, salt: bytes) -> bool:
        return self.keys.root.refresh_tokens.verify(presented, salt=salt)


@dataclass(frozen=True, slots=True)
class LiveSigner:
    """ports.keys.TokenSigner"""

    keys: LiveKeys

    def sign(self, alg: str, claims: Mapping[str, object], *, typ: str = "JWT") -> str:
        return self.keys.signing.sign(alg, claims, typ=typ)

    def algorithms(self) -> tuple[str, ...]:
        return self.keys.signing.algorithms()

    def verify(self, token: str) -> Mapping[str, object] | None:
        claims = self.keys.signing.verify(token)
        if claims is None and (kid := claimed_kid(token)) and not self.keys.signing.knows(kid):
            self.keys.on_unknown_kid()
        return claims

    def jwks(self) -> bytes:
        return self.keys.signing.jwks()
