"""Who a token speaks of, and what it may tell (OpenID Connect Core sections 5.1, 5.4 and 8)."""

from urllib.parse import urlsplit

from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Account, Client

PAIRWISE = "pairwise"


def is_pairwise(client: Client | None) -> bool:
    """Whether the client knows people by names that no other sector does (section 8.1)."""
    return client is not None and client.metadata.subject_type == PAIRWISE


def public_subject(account: Account, policy: Policy) -> str:
    """The public `sub`: the account's id, or its user name where the operator says so."""
    return account.user_name if policy.subject == "user_name" else account.id


def sector_of(client: Client) -> str:
    """What the operator says, else the host of `sector_identifier_uri`, else the one that all redirect URIs share,
    else the client itself: two apps without hosts are never one sector, and one that receives codes elsewhere too does
    not belong to a host by naming it.
    """
    if client.settings.sector:
        return client.settings.sector
    metadata = client.metadata
    named = (metadata.sector_identifier_uri,) if metadata.sector_identifier_uri else metadata.redirect_uris
    hosts = {urlsplit(uri).hostname if uri.startswith("https:") else None for uri in named}
    return (hosts.pop() if len(hosts) == 1 else None) or (client.template.id if client.template else client.client_id)


def facts_of(account: Account) -> dict[str, str | bool]:
    """The claims that this account can fill; empty ones are left out (section 5.3.2)."""
    facts: dict[str, str | bool] = {
        "name": account.name,
        "given_name": account.given_name,
        "family_name": account.family_name,
        "preferred_username": account.user_name,
        "email": account.email,
        "phone_number": account.phone_number,
    }
    known: dict[str, str | bool] = {name: value for name, value in facts.items() if value}
    if account.email:
        known["email_verified"] = account.email_verified
    if account.phone_number:
        known["phone_number_verified"] = account.phone_number_verified
    return known
