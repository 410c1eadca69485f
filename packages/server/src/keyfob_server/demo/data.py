"""Accounts and the policy, with the registration client, of demo mode."""

from typing import Final

from keyfob_protocol.identifiers import AccountId
from keyfob_server.rules.policy import Policy, RegistrationClientPolicy, RegistrationPolicy
from keyfob_server.rules.records import ACTIVE, Account

PASSWORD: Final = "Password1"
USER_NAME: Final = "demouser"
ADMINISTRATOR: Final = "admin"
REGISTRATION_CLIENT: Final = "mobile-dcr-client"


def demo_policy(base_url: str) -> Policy:
    """Subjects are user names and refresh tokens live an hour, as the start document's answers show."""
    # The start document's XML. Loopback redirects are added, so that apps on a desktop work too.
    client = RegistrationClientPolicy(
        id=REGISTRATION_CLIENT,
        name=REGISTRATION_CLIENT,
        redirect_uris=("io.curity.dcrclient:/callback", "http://127.0.0.1/callback"),
        post_logout_redirect_uris=("io.curity.dcrclient:/logoutcallback", "http://127.0.0.1/logoutcallback"),
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
