"""Accounts, clients, the template and the policy of demo mode."""

from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.policy import Policy, RegistrationClientPolicy, RegistrationPolicy
from keyfob_server.rules.records import ACTIVE, Account
from keyfob_server.rules.template_changes import TemplateDefinition

PASSWORD: Final = "Password1"
USER_NAME: Final = "demouser"
ADMINISTRATOR: Final = "admin"
REGISTRATION_CLIENT: Final = "mobile-dcr-client"
ISSUER: Final = ClientId("dcr-issuer")
"""A back end: it obtains initial tokens for its own credentials."""
TEMPLATE: Final = ClientId("mobile-dcr-template-client")
REDIRECT_URIS: Final = ("io.curity.dcrclient:/callback", "http://127.0.0.1/callback")
POST_LOGOUT_REDIRECT_URIS: Final = ("io.curity.dcrclient:/logoutcallback", "http://127.0.0.1/logoutcallback")


def demo_policy(base_url: str) -> Policy:
    """Subjects are user names and refresh tokens live an hour, as the start document's answers show."""
    # The start document's XML. Loopback redirects are added, so that apps on a desktop work too.
    client = RegistrationClientPolicy(
        id=REGISTRATION_CLIENT,
        name=REGISTRATION_CLIENT,
        redirect_uris=REDIRECT_URIS,
        post_logout_redirect_uris=POST_LOGOUT_REDIRECT_URIS,
    )
    return Policy(
        base_url=base_url,
        # One person tries things out all day: nobody else waits for what they take.
        registration=RegistrationPolicy(authenticate="both", max_instances_per_owner=0, max_new_per_day=0),
        registration_client=client,
        refresh_idle_s=3600,
        subject="user_name",
    )


def demo_accounts(user_id: str, administrator_id: str, *, now: int) -> tuple[Account, Account]:
    user = Account(
        id=AccountId(user_id),
        user_name=USER_NAME,
        status=ACTIVE,
        generation=1,
        created=now,
        name="Demo User",
        given_name="Demo",
        family_name="User",
        email="demo@user.com",
        email_verified=True,
        phone_number="07711",
    )
    administrator = Account(
        id=AccountId(administrator_id),
        user_name=ADMINISTRATOR,
        status=ACTIVE,
        generation=1,
        created=now,
        name="Demo Administrator",
        roles=("owner",),
    )
    return user, administrator


def demo_issuer(secret: str) -> ConfiguredClient:
    metadata = ClientMetadata(
        redirect_uris=(), scope=(), grant_types=("client_credentials",), names={"client_name": "Initial tokens"}
    )
    return ConfiguredClient(ISSUER, metadata, ClientSettings(initial_tokens=True), secret)


def demo_template() -> TemplateDefinition:
    """What the registration client's app is, said once for all its instances."""
    metadata = ClientMetadata(
        redirect_uris=REDIRECT_URIS,
        post_logout_redirect_uris=POST_LOGOUT_REDIRECT_URIS,
        scope=("openid", "profile"),
        grant_types=("authorization_code", "refresh_token"),
        application_type="native",
        software_id=TEMPLATE,
        names={"client_name": "Demo App"},
    )
    return TemplateDefinition(TEMPLATE, metadata)
