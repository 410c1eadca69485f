"""What a person allowed an app to do, and whether that still stands: for the same app, place and account alone."""

import hmac
from dataclasses import dataclass

from keyfob_protocol.identifiers import AccountId, ClientId
from keyfob_server.rules.records import Account, Client, Generations, generations_of


@dataclass(frozen=True, slots=True)
class Consent:
    """One for each person and client: the newest. What it says less than the one before, it takes back."""

    account_id: AccountId
    client_id: ClientId
    scope: tuple[str, ...]
    redirect_hash: str
    """Of the registered redirect URI: where a loopback port may differ, the answer goes to the same app."""
    generations: Generations
    """A new password, and a changed or switched-off client or template, end the consent."""
    created: int
    expires: int


@dataclass(frozen=True, slots=True)
class AgreedApp:
    """A consent as the person sees it who gave it. Times are epoch seconds."""

    client_id: ClientId
    app_name: str
    """As of a device: empty without a name."""
    device_name: str
    scope: tuple[str, ...]
    created: int
    expires: int
    """As the policy is now."""


def still_stands(
    consent: Consent,
    *,
    account: Account,
    client: Client,
    scope: tuple[str, ...],
    redirect_hash: str,
    lifetime_s: int,
    now: int,
) -> bool:
    """Whether this very request, or a wider one, was allowed by this person. A lifetime made shorter counts at once."""
    return (
        consent.account_id == account.id
        and consent.client_id == client.client_id
        and now < min(consent.expires, consent.created + lifetime_s)
        and consent.generations == generations_of(client, account.generation)
        and hmac.compare_digest(consent.redirect_hash, redirect_hash)
        and set(scope) <= set(consent.scope)
    )
