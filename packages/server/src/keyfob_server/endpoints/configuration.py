"""A document as a whole: what it would change, and changing it, all or nothing. All raise StorageUnavailable."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from keyfob_server.endpoints.administration import MAX_REASON, Unfit
from keyfob_server.endpoints.scope_texts import read_scope_texts
from keyfob_server.endpoints.static_clients import (
    ClientPlan,
    ClientTools,
    ClientUnchanged,
    plan_client,
    planned_client,
)
from keyfob_server.endpoints.templates import TemplatePlan, TemplateTools, TemplateUnchanged, plan_template
from keyfob_server.ports.document_changes import (
    Change,
    DocumentStore,
    PutSetting,
    PutTemplate,
    SameClient,
    SameSetting,
    SameTemplate,
)
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.ports.stored_settings import StoredSettings
from keyfob_server.rules import registration_overrides, scope_texts
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.document_diff import MemberChange, document_diff
from keyfob_server.rules.registration_overrides import RegistrationOverrides, overrides_fault
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
class ItemPlan:
    """What is shown of a change, and what was read to say so. Made by `plan_document` alone."""

    item: Item
    shown: ItemChange
    basis: ClientPlan | ClientUnchanged | TemplatePlan | TemplateUnchanged | PutSetting | SameSetting


@dataclass(frozen=True, slots=True)
class ItemUnfit:
    kind: str
    id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DocumentMoved:
    """Somebody changed some of the things since they were planned; nothing was changed now."""

    moved: tuple[ItemChange, ...]
    """As they were planned."""


@dataclass(frozen=True, slots=True)
class DocumentTools:
    clients: ClientTools
    templates: TemplateTools
    settings: StoredSettings
    documents: DocumentStore


async def plan_document(tools: DocumentTools, items: Sequence[Item]) -> list[ItemPlan | ItemUnfit]:
    """What applying the items would do now, in their order."""
    return [await _plan(tools, item) for item in items]


async def apply_document(
    tools: DocumentTools, plans: Sequence[ItemPlan], *, act: Act
) -> tuple[ItemChange, ...] | DocumentMoved | Unfit:
    """Do what was planned, in force at the next request: all of it, while everything is as the plans saw it."""
    if len(act.reason) > MAX_REASON or not is_plain_text(act.reason):
        return Unfit(f"a reason has at most {MAX_REASON} characters, and no control characters")
    changes, shown = [], []
    for plan in plans:
        change, secret = _change(tools, plan)
        changes.append(change)
        shown.append(replace(plan.shown, secret=secret))
    if await tools.documents.apply(changes, act=act):
        return tuple(shown)
    now = await plan_document(tools, [plan.item for plan in plans])
    return DocumentMoved(tuple(plan.shown for plan, found in zip(plans, now, strict=True) if plan != found))


async def _plan(tools: DocumentTools, item: Item) -> ItemPlan | ItemUnfit:
    match item:
        case ConfiguredClient():
            return _client_plan(item, await plan_client(tools.clients, item))
        case TemplateDefinition():
            return _template_plan(item, await plan_template(tools.templates, item))
        case RegistrationOverrides():
            return _registration_plan(item, await tools.settings.get(registration_overrides.SETTING))
        case ScopeTexts():
            return _scopes_plan(item, await tools.settings.get(scope_texts.SETTING))


def _client_plan(item: ConfiguredClient, basis: ClientPlan | ClientUnchanged | Unfit) -> ItemPlan | ItemUnfit:
    match basis:
        case ClientPlan(seen=seen, diff=diff, ends_tokens=ends, makes_secret=makes, sets_secret=sets):
            return ItemPlan(item, ItemChange("client", item.id, _effect(seen), diff, ends, makes, sets), basis)
        case ClientUnchanged():
            return ItemPlan(item, ItemChange("client", item.id, "unchanged"), basis)
        case Unfit(sentence):
            return ItemUnfit("client", item.id, sentence)


def _template_plan(item: TemplateDefinition, basis: TemplatePlan | TemplateUnchanged | Unfit) -> ItemPlan | ItemUnfit:
    match basis:
        case TemplatePlan(seen=seen, diff=diff, ends_grants=ends):
            return ItemPlan(item, ItemChange("template", item.id, _effect(seen), diff, ends), basis)
        case TemplateUnchanged():
            return ItemPlan(item, ItemChange("template", item.id, "unchanged"), basis)
        case Unfit(sentence):
            return ItemUnfit("template", item.id, sentence)


def _effect(seen: object) -> Effect:
    return "change" if seen else "add"


def _registration_plan(item: RegistrationOverrides, seen: str) -> ItemPlan | ItemUnfit:
    if sentence := overrides_fault(item):
        return ItemUnfit("registration", "", sentence)
    diff = document_diff(_said(_registration(seen)), _said(item))
    return _setting_plan(item, "registration", PutSetting(registration_overrides.SETTING, item.encode(), seen), diff)


def _scopes_plan(item: ScopeTexts, seen: str) -> ItemPlan | ItemUnfit:
    if sentence := scope_texts_fault(item):
        return ItemUnfit("scopes", "", sentence)
    diff = document_diff(dict(read_scope_texts(seen).pairs), dict(item.pairs))
    return _setting_plan(item, "scopes", PutSetting(scope_texts.SETTING, item.encode(), seen), diff)


def _setting_plan(
    item: RegistrationOverrides | ScopeTexts, kind: str, put: PutSetting, diff: tuple[MemberChange, ...]
) -> ItemPlan:
    if not diff:
        return ItemPlan(item, ItemChange(kind, "", "unchanged"), SameSetting(put.name, put.seen))
    return ItemPlan(item, ItemChange(kind, "", "change", diff), put)


def _change(tools: DocumentTools, plan: ItemPlan) -> tuple[Change, str]:
    """The change, and the secret that was made for it."""
    match plan.basis:
        case ClientPlan() as client:
            return planned_client(tools.clients, client)
        case ClientUnchanged(seen=stored):
            return SameClient(stored), ""
        case TemplatePlan(definition=new, seen=version, ends_grants=ends):
            return PutTemplate(new.id, new.metadata, new.settings, version, ends), ""
        case TemplateUnchanged(template_id=template_id, version=version):
            return SameTemplate(template_id, version), ""
        case PutSetting() | SameSetting() as setting:
            return setting, ""


def _registration(text: str) -> RegistrationOverrides:
    try:
        return registration_overrides.parse(text)
    except ValueError as error:
        raise StorageUnavailable(f"the stored registration settings cannot be read: {error}") from error


def _said(overrides: RegistrationOverrides) -> dict[str, object]:
    shown = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(overrides).items()}
    return {name: value for name, value in shown.items() if value is not None}
