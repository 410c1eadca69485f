"""Who somebody is by an identifier, and nothing else about them."""

from dataclasses import replace

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry


def _openid_only(metadata: ClientMetadata) -> ClientMetadata:
    if "openid" not in metadata.scope:
        raise InvalidClientMetadata("scope: the initial access token is for openid")
    return metadata if metadata.scope == ("openid",) else replace(metadata, scope=("openid",))


OPENID_ONLY = RegistrationPolicyEntry("openid-only", "The scope is openid, without profile or e-mail.", _openid_only)
