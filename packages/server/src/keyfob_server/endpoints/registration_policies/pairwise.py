"""Subjects that two apps cannot compare (OpenID Connect Core section 8.1)."""

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_server.endpoints.registration_policies.verdict import RegistrationPolicyEntry


def _pairwise(metadata: ClientMetadata) -> ClientMetadata:
    if metadata.subject_type != "pairwise":
        raise InvalidClientMetadata("subject_type: the initial access token is for pairwise subjects")
    return metadata


PAIRWISE = RegistrationPolicyEntry("pairwise", "Subjects are pairwise.", _pairwise)
