"""The person whom an instance will belong to has room for it: judged first, and once more where the row is made."""

from keyfob_protocol.errors import TooManyRequests
from keyfob_server.endpoints.registration_token import AuthorizedRegistration
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.initial_token_records import RegistrationFacts
from keyfob_server.rules.records import NewInstance
from keyfob_server.rules.registration_limits import over_limit
from keyfob_server.rules.templates import Template


def check_owner(services: Services, authorized: AuthorizedRegistration, template: Template | None) -> None:
    """Raises TooManyRequests when the person has, or made today, as many as there may be."""
    if authorized.token.owner is not None:
        _check(services, authorized.facts, template)


async def add_instance(services: Services, authorized: AuthorizedRegistration, instance: NewInstance) -> bool:
    """False when the token was used before, or up, or the person has as many as there may be by now.

    Raises StorageUnavailable.
    """
    policy, token = services.policy.registration, authorized.token
    if token.owner is not None and (policy.max_instances_per_owner or policy.max_new_per_day):
        return await services.initial_tokens.add_owned_instance(
            instance,
            token.owner.id,
            max_live=policy.max_instances_per_owner,
            max_new=policy.max_new_per_day,
            counted_by=token.id if token.counted else "",
        )
    if token.counted:
        return await services.initial_tokens.add_counted_instance(token.id, instance)
    return await services.store.add_instance(instance)


async def refuse_if_rivals_came_first(
    services: Services, authorized: AuthorizedRegistration, template: Template | None
) -> None:
    """Of an instance that was not added: raises TooManyRequests when what was registered for the same person at this
    moment is why, and the token is as good as before; StorageUnavailable.
    """
    owner = authorized.token.owner
    if owner is None:
        return
    facts = await services.initial_tokens.load_for_registration(
        client_id=None,
        account_id=owner.id,
        grant=None,
        token_id="",
        template_id=template.id if template else None,
        reserved=authorized.client_id,
    )
    if facts.taken:
        return
    _check(services, facts, template)
    if not authorized.token.counted:
        raise TooManyRequests("this account registers other devices now", reason="owner", retry_after_s=1)


def _check(services: Services, facts: RegistrationFacts, template: Template | None) -> None:
    counts = facts.templated if template else facts.plain
    if too_many := over_limit(counts, services.policy.registration, now=facts.loaded.now):
        raise TooManyRequests(too_many.description, reason="owner", retry_after_s=too_many.retry_after_s)
