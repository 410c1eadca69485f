"""Consent that is remembered: read only when a request needs it, written when the person pressed Allow."""

from keyfob_server.endpoints.services import Services
from keyfob_server.rules.code import redirect_hash
from keyfob_server.rules.consent import Consent, still_stands
from keyfob_server.rules.records import Account, Client, generations_of
from keyfob_server.rules.redirect_target import RedirectTarget


async def was_allowed(
    services: Services, client: Client, account: Account, target: RedirectTarget, scope: tuple[str, ...], *, now: int
) -> bool:
    """Whether this person allowed this app the same, or more, before. Raises StorageUnavailable."""
    consent = await services.consents.find_consent(account.id, client.client_id)
    return consent is not None and still_stands(
        consent,
        account=account,
        client=client,
        scope=scope,
        redirect_hash=redirect_hash(target.registered),
        lifetime_s=services.policy.consent_lifetime_s,
        now=now,
    )


async def remember_consent(
    services: Services, client: Client, account: Account, target: RedirectTarget, scope: tuple[str, ...], *, now: int
) -> None:
    """Instead of what the same person allowed the same app before. Raises StorageUnavailable."""
    lifetime = services.policy.consent_lifetime_s
    if lifetime == 0:
        return
    consent = Consent(
        account_id=account.id,
        client_id=client.client_id,
        scope=scope,
        redirect_hash=redirect_hash(target.registered),
        generations=generations_of(client, account.generation),
        created=now,
        expires=now + lifetime,
    )
    await services.consents.put_consent(consent)
    services.events.emit("consent.given", client_id=client.client_id, account_id=account.id, scope=" ".join(scope))
