"""No public clients."""

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry


def _confidential(metadata: ClientMetadata) -> ClientMetadata:
    if metadata.token_endpoint_auth_method == "none":
        raise InvalidClientMetadata("token_endpoint_auth_method: the initial access token is for confidential clients")
    return metadata


CONFIDENTIAL = RegistrationPolicyEntry("confidential", "Each instance has a secret.", _confidential)
