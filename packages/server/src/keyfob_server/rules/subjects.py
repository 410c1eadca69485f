"""Who a token speaks of, and what it may tell (OpenID Connect Core sections 5.1, 5.4 and 8)."""

from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import Account


def subject_of(account: Account, policy: Policy) -> str:
    """The `sub`: the account's id, or its user name where the operator says so."""
    return account.user_name if policy.subject == "user_name" else account.id


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
