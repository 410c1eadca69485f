"""What a registered instance is told of itself (RFC 7591 section 3.2.1, RFC 7592 section 3)."""

from dataclasses import dataclass, field, replace

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.client_information import ClientInformation, ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.client_auth import accepted_methods
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.lifetimes import lifetimes_of


@cheaply_made
@dataclass(frozen=True, slots=True)
class ShownToken:
    """A registration access token in clear, and for how many seconds it works from now."""

    token: str = field(repr=False)
    expires_in: int


@cheaply_made
@dataclass(frozen=True, slots=True)
class ShownSecret:
    """A client secret in clear: shown when it is made, and never again. Empty for a public client."""

    secret: str = field(repr=False)
    expires_at: int


def registration_answer(
    services: Services,
    client_id: ClientId,
    metadata: ClientMetadata,
    *,
    issued_at: int,
    token: ShownToken,
    secret: ShownSecret | None = None,
    settings: ClientSettings = ClientSettings(),  # noqa: B008 - frozen
) -> ClientInformation:
    """`settings` are those of the template, for its instance."""
    policy = services.policy
    return ClientInformation(
        client_id=client_id,
        client_id_issued_at=issued_at,
        client_secret=secret.secret if secret else "",
        client_secret_expires_at=secret.expires_at if secret else 0,
        registration_client_uri=f"{policy.base_url}{policy.paths.registration}/{client_id}",
        registration_access_token=token.token,
        registration_access_token_expires_in=token.expires_in,
        metadata=in_force(services, metadata, settings),
        token_endpoint_auth_methods=accepted_methods(services, metadata.token_endpoint_auth_method),
    )


def in_force(services: Services, metadata: ClientMetadata, settings: ClientSettings) -> ClientMetadata:
    """With the lifetimes that hold now, in seconds; that of access tokens is said when it was asked for."""
    lifetimes = lifetimes_of(metadata, settings, services.policy)
    return replace(
        metadata,
        access_token_ttl=None if metadata.access_token_ttl is None else lifetimes.access_token_s,
        refresh_token_ttl=lifetimes.refresh_idle_s if "refresh_token" in metadata.grant_types else None,
    )
