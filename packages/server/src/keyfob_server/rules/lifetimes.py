"""How long things last: as the operator decided for the client, else the policy; a registration may shorten it."""

from dataclasses import dataclass

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.client_information import ClientMetadata
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Grant
from keyfob_server.rules.sweeping import LONGEST_INITIAL_TOKEN_S


@cheaply_made
@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Seconds."""

    access_token_s: int
    id_token_s: int
    refresh_tokens: bool
    """Whether there are any."""
    refresh_idle_s: int
    """How long a refresh token may lie unused."""
    refresh_absolute_s: int
    """How long a grant lasts, however often it is used."""


def lifetimes_of(metadata: ClientMetadata, settings: ClientSettings, policy: Policy) -> Lifetimes:
    """Of a static client, or of an instance as its template has it now."""
    return Lifetimes(
        access_token_s=_shortened(
            metadata.access_token_ttl, _decided(settings.access_token_lifetime_s, policy.access_token_lifetime_s)
        ),
        id_token_s=_decided(settings.id_token_lifetime_s, policy.id_token_lifetime_s),
        refresh_tokens=policy.refresh_tokens and settings.refresh_tokens and "refresh_token" in metadata.grant_types,
        refresh_idle_s=_shortened(metadata.refresh_token_ttl, _decided(settings.refresh_idle_s, policy.refresh_idle_s)),
        refresh_absolute_s=_decided(settings.refresh_absolute_s, policy.refresh_absolute_s),
    )


def grant_lifetime_s(scope: tuple[str, ...], lifetimes: Lifetimes, policy: Policy) -> int:
    """Of a new grant. An initial token is judged by its grant's row, however long it lives.

    Without refresh tokens nothing comes of a grant any more once its access token is over; its row says which sign-ins
    the app came from until those are over too, and then goes, or there would be one for each sign-in.
    """
    if DCR in scope:
        return LONGEST_INITIAL_TOKEN_S
    if lifetimes.refresh_tokens:
        return lifetimes.refresh_absolute_s
    return max(lifetimes.access_token_s, policy.session_absolute_s)


def grant_ends(grant: Grant, lifetimes: Lifetimes) -> int:
    """Epoch seconds. A grant keeps the end that it was given, unless what holds now is sooner."""
    return min(grant.expires, grant.created + lifetimes.refresh_absolute_s)


def _decided(own: int | None, policy: int) -> int:
    return policy if own is None else own


def _shortened(asked: int | None, given: int) -> int:
    return given if asked is None else min(asked, given)
