"""The registration client as the operator configured it."""

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import RegistrationClientPolicy
from keyfob_server.rules.records import ACTIVE, Client


def registration_client(policy: RegistrationClientPolicy) -> Client | None:
    """A public native client whose loopback redirects match with any port; None when there is none."""
    if not policy.redirect_uris:
        return None
    return Client(
        client_id=ClientId(policy.id),
        kind="static",
        status=ACTIVE,
        generation=1,
        metadata=ClientMetadata(
            redirect_uris=policy.redirect_uris,
            post_logout_redirect_uris=policy.post_logout_redirect_uris,
            scope=("openid",),
            application_type="native",
            token_endpoint_auth_method="none",
            names={"client_name": policy.name} if policy.name else {},
        ),
        settings=ClientSettings(registration_client=True, named_by_settings=True),
    )
