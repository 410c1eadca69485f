"""An instance for the length of a browser session."""

from dataclasses import replace

from keyfob_protocol.client_information import ClientMetadata
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry


def _no_refresh_tokens(metadata: ClientMetadata) -> ClientMetadata:
    if "refresh_token" not in metadata.grant_types:
        return metadata
    return replace(metadata, grant_types=tuple(name for name in metadata.grant_types if name != "refresh_token"))


NO_REFRESH_TOKENS = RegistrationPolicyEntry("no-refresh-tokens", "No refresh tokens are issued.", _no_refresh_tokens)
