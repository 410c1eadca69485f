"""One file per policy that an initial access token may carry, and the table of them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri
from keyfob_server.endpoints.registration_policies.claimed_https import CLAIMED_HTTPS
from keyfob_server.endpoints.registration_policies.confidential import CONFIDENTIAL
from keyfob_server.endpoints.registration_policies.consent import CONSENT
from keyfob_server.endpoints.registration_policies.no_refresh_tokens import NO_REFRESH_TOKENS
from keyfob_server.endpoints.registration_policies.openid_only import OPENID_ONLY
from keyfob_server.endpoints.registration_policies.pairwise import PAIRWISE
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry
from keyfob_server.rules.token_limits import TokenLimits

REGISTRATION_POLICIES: Final[Mapping[str, RegistrationPolicyEntry]] = MappingProxyType(
    {entry.name: entry for entry in (CLAIMED_HTTPS, CONFIDENTIAL, CONSENT, NO_REFRESH_TOKENS, OPENID_ONLY, PAIRWISE)}
)


def unknown_policy(names: Iterable[str]) -> str | None:
    """The first that is none of the table."""
    return next((name for name in names if name not in REGISTRATION_POLICIES), None)


def within_limits(metadata: ClientMetadata, limits: TokenLimits, *, templated: bool) -> ClientMetadata:
    """What is left of good metadata under the limits of an initial access token, at registration and ever after.

    Raises InvalidClientMetadata, InvalidRedirectUri. A template decides for its instances, so of `templated` metadata
    nothing is taken away: a template that allows more than the limits do is refused.
    """
    if limits.redirect_uris and not set(metadata.redirect_uris) <= set(limits.redirect_uris):
        raise InvalidRedirectUri("redirect_uris: the initial access token is for other ones")
    narrowed = metadata
    for name in limits.policies:
        entry = REGISTRATION_POLICIES.get(name)
        if entry is None:
            raise InvalidClientMetadata("the initial access token names a policy that this server does not have")
        narrowed = entry.rule(narrowed)
    if templated and narrowed != metadata:
        raise InvalidClientMetadata("software_id: the template allows more than the initial access token does")
    return narrowed
