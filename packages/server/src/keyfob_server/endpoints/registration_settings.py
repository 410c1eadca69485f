"""Registration as administrators decided while the server runs: read anew for each request that it decides."""

from dataclasses import dataclass, replace

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_server.endpoints.administration import MAX_REASON, Unfit
from keyfob_server.endpoints.services import Services
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act
from keyfob_server.rules.registration_overrides import (
    SETTING,
    RegistrationOverrides,
    apply,
    overrides_fault,
    parse,
)


@cheaply_made
@dataclass(frozen=True, slots=True)
class StoredRegistration:
    """`text` is what a change says that it saw."""

    text: str
    overrides: RegistrationOverrides


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    pass


@dataclass(frozen=True, slots=True)
class SettingsMoved:
    """Somebody else changed them first; nothing was changed."""


async def stored_registration(services: Services) -> StoredRegistration:
    """Raises StorageUnavailable, also for a document that cannot be read: nobody guesses what was meant."""
    text = await services.stored_settings.get(SETTING)
    try:
        return StoredRegistration(text, parse(text))
    except ValueError as error:
        raise StorageUnavailable(f"the stored registration settings cannot be read: {error}") from error


async def with_present_registration(services: Services) -> Services:
    """The services under the policy that is in force now. Raises StorageUnavailable."""
    stored = await stored_registration(services)
    return replace(services, policy=apply(services.policy, stored.overrides)) if stored.overrides.any else services


async def change_registration(
    services: Services, overrides: RegistrationOverrides, *, seen: str, act: Act
) -> SettingsChanged | SettingsMoved | Unfit:
    """In force at the next request, on every node. Raises StorageUnavailable."""
    if fault := overrides_fault(overrides):
        return Unfit(fault)
    if not act.reason.strip():
        return Unfit("say why: the reason is kept with the change")
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return Unfit(f"a reason has at most {MAX_REASON} characters, and no control characters")
    changed = await services.stored_settings.put(SETTING, overrides.encode(), seen=seen, act=act)
    if changed:
        services.events.emit("setting.changed", setting=SETTING)
    return SettingsChanged() if changed else SettingsMoved()
