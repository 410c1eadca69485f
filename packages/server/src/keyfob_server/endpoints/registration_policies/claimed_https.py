"""Redirect URIs that only the owner of a site can receive (RFC 8252 section 7.2)."""

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidRedirectUri
from keyfob_protocol.redirect_uris import redirect_uri_kind
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry


def _claimed_https(metadata: ClientMetadata) -> ClientMetadata:
    for name, uris in (
        ("redirect_uris", metadata.redirect_uris),
        ("post_logout_redirect_uris", metadata.post_logout_redirect_uris),
    ):
        if any(redirect_uri_kind(uri) != "https" for uri in uris):
            raise InvalidRedirectUri(f"{name}: the initial access token is for https URIs")
    return metadata


CLAIMED_HTTPS = RegistrationPolicyEntry("claimed-https", "Redirect URIs begin with https.", _claimed_https)
