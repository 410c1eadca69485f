"""What an update of a registration may make of it: everything, or of a template's instance what that leaves to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidToken
from keyfob_server.endpoints.register import registered_metadata, requested_metadata
from keyfob_server.endpoints.registration_answer import in_force
from keyfob_server.endpoints.registration_policies import within_limits
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Registration
from keyfob_server.rules.template_members import OwnMembers
from keyfob_server.rules.template_registration import PresentInstance, instance_of


@dataclass(frozen=True, slots=True)
class Replacement:
    metadata: ClientMetadata
    """As it will be in force."""
    kept: ClientMetadata | OwnMembers
    """What is stored of it."""
    settings: ClientSettings = field(default_factory=ClientSettings)


def replacement(services: Services, seen: Registration, document: Mapping[str, object]) -> Replacement:
    """Raises InvalidClientMetadata, InvalidRedirectUri, naming the member; InvalidToken for a template that is gone."""
    if seen.client.template is None:
        metadata = within_limits(registered_metadata(services, document), seen.limits, templated=False)
        return Replacement(metadata, metadata)
    if seen.template is None:
        raise InvalidToken("the registration access token is not valid", reason="the template is gone")
    policy = services.policy
    shown = in_force(services, seen.client.metadata, seen.client.settings).document()
    made = instance_of(
        seen.template,
        requested_metadata(services, document),
        policy.registration,
        acr=policy.acr,
        refresh_tokens=policy.refresh_tokens,
        id_token_algs=services.signer.algorithms(),
        present=PresentInstance(shown, seen.own_members),
    )
    within_limits(made.metadata, seen.limits, templated=True)
    return Replacement(made.metadata, made.own_members, made.settings)
