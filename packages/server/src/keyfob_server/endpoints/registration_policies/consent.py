"""The person is asked before an instance gets anything."""

from dataclasses import replace

from keyfob_protocol.client_information import ClientMetadata
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry


def _consent(metadata: ClientMetadata) -> ClientMetadata:
    return metadata if metadata.requires_consent else replace(metadata, requires_consent=True)


CONSENT = RegistrationPolicyEntry("consent", "People are asked for their consent.", _consent)
