"""What every policy of registrations is."""

from dataclasses import dataclass
from typing import Protocol

from keyfob_protocol.client_information import ClientMetadata


class RegistrationRule(Protocol):
    def __call__(self, metadata: ClientMetadata, /) -> ClientMetadata:
        """What is left of good metadata; raises InvalidClientMetadata, InvalidRedirectUri, naming the member.

        What comes out never allows more than what went in, and passes unchanged when it is asked again.
        """
        ...


@dataclass(frozen=True, slots=True)
class RegistrationPolicyEntry:
    name: str
    summary: str
    """One sentence for those who choose it."""
    rule: RegistrationRule
