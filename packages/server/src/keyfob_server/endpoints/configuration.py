"""A document as a whole: what it would change, and changing it. All raise StorageUnavailable."""

from dataclasses import asdict, dataclass, field
from typing import Literal

from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.scope_texts import stored_scope_texts
from keyfob_server.endpoints.static_clients import (
    ClientApplied,
    ClientMoved,
    ClientPlan,
    ClientTools,
    ClientUnchanged,
    apply_client,
    plan_client,
)
from keyfob_server.endpoints.templates import (
    TemplateApplied,
    TemplateMoved,
    TemplatePlan,
    TemplateUnchanged,
    apply_template,
    plan_template,
)
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.ports.stored_settings import StoredSettings
from keyfob_server.ports.templates import TemplateStore
from keyfob_server.rules import registration_overrides, scope_texts
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.document_diff import MemberChange, document_diff
from keyfob_server.rules.registration_overrides import RegistrationOverrides, overrides_fault, parse
from keyfob_server.rules.scope_texts import ScopeTexts, scope_texts_fault
from keyfob_server.rules.template_changes import TemplateDefinition

Item = ConfiguredClient | TemplateDefinition | RegistrationOverrides | ScopeTexts
Effect = Literal["add", "change", "unchanged"]


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What a document changes, or would change, in one thing."""

    kind: str
    """`client`, `template`, `registration` or `scopes`."""
    id: str
    """Empty for registration and scopes."""
    effect: Effect
    diff: tuple[MemberChange, ...] = ()
    ends_tokens: bool = False
    """What was issued under the old one dies."""
    makes_secret: bool = False
    sets_secret: bool = False
    secret: str = field(default="", repr=False)
    """The one that was made: shown once."""


@dataclass(frozen=True, slots=True)
class ItemUnfit:
    kind: str
    id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """Somebody else changed it first; it was left alone."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class DocumentTools:
    clients: ClientTools
    templates: TemplateStore
    settings: StoredSettings


async def plan_item(tools: DocumentTools, item: Item) -> ItemChange | ItemUnfit:
    match item:
        case ConfiguredClient():
            plan = await plan_client(tools.clients, item)
            return _client_change(item, plan) if not isinstance(plan, Unfit) else _unfit(item, plan)
        case TemplateDefinition():
            change = await plan_template(tools.templates, item)
            return _template_change(item, change) if not isinstance(change, Unfit) else _unfit(item, change)
        case RegistrationOverrides():
            if sentence := overrides_fault(item):
                return _unfit(item, Unfit(sentence))
            return _registration_change(await _stored(tools.settings), item)
        case ScopeTexts():
            if sentence := scope_texts_fault(item):
                return _unfit(item, Unfit(sentence))
            return _scopes_change(await stored_scope_texts(tools.settings), item)


async def apply_item(tools: DocumentTools, item: Item, *, act: Act) -> ItemChange | ItemMoved | ItemUnfit:
    """In force at the next request."""
    match item:
        case ConfiguredClient():
            return await _apply_client(tools, item, act=act)
        case TemplateDefinition():
            return await _apply_template(tools, item, act=act)
        case RegistrationOverrides():
            return await _apply_setting(tools, registration_overrides.SETTING, item, act=act)
        case ScopeTexts():
            return await _apply_setting(tools, scope_texts.SETTING, item, act=act)


async def _apply_client(
    tools: DocumentTools, item: ConfiguredClient, *, act: Act
) -> ItemChange | ItemMoved | ItemUnfit:
    match await apply_client(tools.clients, item, act=act):
        case ClientApplied(plan=plan, secret=secret):
            return _client_change(item, plan, secret)
        case ClientUnchanged() as same:
            return _client_change(item, same)
        case ClientMoved():
            return ItemMoved("client", item.id)
        case Unfit() as unfit:
            return _unfit(item, unfit)


async def _apply_template(
    tools: DocumentTools, item: TemplateDefinition, *, act: Act
) -> ItemChange | ItemMoved | ItemUnfit:
    match await apply_template(tools.templates, item, act=act):
        case TemplateApplied(version=version, diff=diff, grants_ended=ended):
            return ItemChange("template", item.id, "add" if version == 1 else "change", diff, ended)
        case TemplateUnchanged() as same:
            return _template_change(item, same)
        case TemplateMoved():
            return ItemMoved("template", item.id)
        case Unfit() as unfit:
            return _unfit(item, unfit)


async def _apply_setting(
    tools: DocumentTools, name: str, item: RegistrationOverrides | ScopeTexts, *, act: Act
) -> ItemChange | ItemMoved | ItemUnfit:
    # read before it is planned: what changes in between is somebody else's change
    seen = await tools.settings.get(name)
    planned = await plan_item(tools, item)
    if isinstance(planned, ItemUnfit) or planned.effect == "unchanged":
        return planned
    done = await tools.settings.put(name, item.encode(), seen=seen, act=act)
    return planned if done else ItemMoved(name, "")


async def _stored(settings: StoredSettings) -> RegistrationOverrides:
    try:
        return parse(await settings.get(registration_overrides.SETTING))
    except ValueError as error:
        raise StorageUnavailable(f"the stored registration settings cannot be read: {error}") from error


def _client_change(item: ConfiguredClient, plan: ClientPlan | ClientUnchanged, secret: str = "") -> ItemChange:
    if isinstance(plan, ClientUnchanged):
        return ItemChange("client", item.id, "unchanged")
    effect: Effect = "change" if plan.seen else "add"
    return ItemChange(
        "client", item.id, effect, plan.diff, plan.ends_tokens, plan.makes_secret, plan.sets_secret, secret
    )


def _template_change(item: TemplateDefinition, plan: TemplatePlan | TemplateUnchanged) -> ItemChange:
    if isinstance(plan, TemplateUnchanged):
        return ItemChange("template", item.id, "unchanged")
    return ItemChange("template", item.id, "change" if plan.seen else "add", plan.diff, plan.ends_grants)


def _registration_change(old: RegistrationOverrides, new: RegistrationOverrides) -> ItemChange:
    diff = document_diff(_said(old), _said(new))
    return ItemChange("registration", "", "change" if diff else "unchanged", diff)


def _scopes_change(old: ScopeTexts, new: ScopeTexts) -> ItemChange:
    diff = document_diff(dict(old.pairs), dict(new.pairs))
    return ItemChange("scopes", "", "change" if diff else "unchanged", diff)


def _said(overrides: RegistrationOverrides) -> dict[str, object]:
    shown = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(overrides).items()}
    return {name: value for name, value in shown.items() if value is not None}


def _unfit(item: Item, unfit: Unfit) -> ItemUnfit:
    match item:
        case ConfiguredClient():
            return ItemUnfit("client", item.id, unfit.sentence)
        case TemplateDefinition():
            return ItemUnfit("template", item.id, unfit.sentence)
        case RegistrationOverrides():
            return ItemUnfit("registration", "", unfit.sentence)
        case ScopeTexts():
            return ItemUnfit("scopes", "", unfit.sentence)
