"""What an initial access token holds its registrations to, for as long as they live."""

from dataclasses import dataclass
from typing import Final

from keyfob_protocol.cheaply_made import cheaply_made


@cheaply_made
@dataclass(frozen=True, slots=True)
class TokenLimits:
    redirect_uris: tuple[str, ...] = ()
    """The only ones that may be registered; empty: any."""
    policies: tuple[str, ...] = ()
    """Names of registration policies."""


NO_LIMITS: Final = TokenLimits()
