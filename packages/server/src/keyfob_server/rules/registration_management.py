"""What an app may do to its own registration (RFC 7592 section 2)."""

from collections.abc import Mapping
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_protocol.identifiers import ClientId

READ_ONLY: Final = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)
"""An update that names one of these is refused (RFC 7592 section 2.2)."""


def check_update(document: Mapping[str, object], *, client_id: ClientId) -> None:
    """Raises InvalidClientMetadata, naming the member."""
    for name in READ_ONLY:
        if name in document:
            raise InvalidClientMetadata(f"{name} is the server's, and must not be sent")
    if document.get("client_id") != client_id:
        raise InvalidClientMetadata("client_id must be that of the registration")


def check_replacement(old: ClientMetadata, new: ClientMetadata) -> None:
    """Raises InvalidClientMetadata: who holds the registration token alone must not take the secret's place away."""
    if (old.token_endpoint_auth_method == "none") is not (new.token_endpoint_auth_method == "none"):
        raise InvalidClientMetadata("token_endpoint_auth_method: none and a secret cannot replace each other")


def narrows(old: ClientMetadata, new: ClientMetadata) -> bool:
    """Whether something that codes and tokens were issued under is taken away: they must not outlive it."""
    return any(
        not set(before) <= set(after)
        for before, after in (
            (old.scope, new.scope),
            (old.redirect_uris, new.redirect_uris),
            (old.grant_types, new.grant_types),
        )
    )


def tombstone(metadata: ClientMetadata) -> ClientMetadata:
    """What is kept of a deleted registration: enough to tell the app so, and nothing that describes the device."""
    return ClientMetadata(
        redirect_uris=metadata.redirect_uris,
        scope=metadata.scope,
        grant_types=metadata.grant_types,
        application_type=metadata.application_type,
        token_endpoint_auth_method=metadata.token_endpoint_auth_method,
        post_logout_redirect_uris=metadata.post_logout_redirect_uris,
    )
