"""What becomes of a registration that names a template, and of an update of one (wire: section 3.2).

The template decides. An instance says who it is, and what the template lets it override; nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.client_metadata import RequestedMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.records import ACTIVE
from keyfob_server.rules.registration import register
from keyfob_server.rules.software_versions import TOO_OLD_TEXT, is_older
from keyfob_server.rules.template_members import INSTANCE_MEMBERS, laid_over, may_override
from keyfob_server.rules.templates import Template

_STAND_IN: Final = ("https://template.invalid/",)
"""A redirect URI beside which other members are judged: a template's own may be beyond what a registrant is allowed."""


@dataclass(frozen=True, slots=True)
class TemplateInstance:
    metadata: ClientMetadata
    """As it is in force: the template's, with the instance's own members over it."""
    settings: ClientSettings
    own_members: Mapping[str, object]
    """What the instance itself says, as ClientMetadata names it: the only thing that is stored."""


@dataclass(frozen=True, slots=True)
class PresentInstance:
    """An instance that an update replaces."""

    shown: Mapping[str, object]
    """The document that it is answered with now: what repeats it is no change."""
    own_members: Mapping[str, object] = field(default_factory=dict)


def instance_of(
    template: Template,
    requested: RequestedMetadata,
    policy: RegistrationPolicy,
    *,
    acr: str,
    refresh_tokens: bool,
    id_token_algs: tuple[str, ...],
    present: PresentInstance | None = None,
) -> TemplateInstance:
    """Raises InvalidClientMetadata, InvalidRedirectUri, naming the member.

    `present` is given for an update.
    """
    if template.status != ACTIVE:
        raise InvalidClientMetadata("software_id: this template takes no registrations")
    if requested.texts.get("software_id", template.id) != template.id:
        raise InvalidClientMetadata("software_id: an instance keeps its template")
    said_version = requested.texts.get("software_version", "")
    if present is None and is_older(said_version, template.settings.minimum_software_version):
        raise InvalidClientMetadata(f"software_version: {TOO_OLD_TEXT}")
    own: dict[str, object] = {name: text for name in INSTANCE_MEMBERS if (text := requested.texts.get(name))}
    overrides = _overrides(template, requested, present)
    if overrides:
        asked = _only(requested, overrides)
        narrowed = replace(policy, allowed_scopes=template.metadata.scope)
        if "grant_types" in overrides:
            narrowed = replace(narrowed, allowed_grant_types=template.metadata.grant_types)
        judged = register(
            _beside(template, asked), narrowed, acr=acr, refresh_tokens=refresh_tokens, id_token_algs=id_token_algs
        )
        own |= _own(template.metadata, judged, overrides)
    return TemplateInstance(laid_over(template.metadata, own, template.settings), template.settings, own)


def _overrides(template: Template, requested: RequestedMetadata, present: PresentInstance | None) -> frozenset[str]:
    """The members that the instance wants to say instead of the template; raises InvalidClientMetadata."""
    wanted = set()
    for name, value in _sent(requested):
        if name in INSTANCE_MEMBERS or name == "software_id":
            continue
        repeats = present is not None and _repeats(present.shown, name, value)
        overridable = may_override(template.settings, name)
        if not overridable and not repeats:
            raise InvalidClientMetadata(f"{name} is decided by the template, and must not be sent")
        if overridable and (not repeats or (present is not None and _is_own(present, name))):
            wanted.add(name)
    return frozenset(wanted)


def _sent(requested: RequestedMetadata) -> Iterator[tuple[str, object]]:
    for members in (requested.texts, requested.lists, requested.flags, requested.numbers, requested.names):
        yield from members.items()
    if requested.scope is not None:
        yield "scope", requested.scope


def _repeats(shown: Mapping[str, object], name: str, value: object) -> bool:
    """A document leaves out what is empty, unset or false; the order of a list says nothing."""
    now = shown.get(name)
    if isinstance(value, tuple):
        listed = now.split() if isinstance(now, str) else now
        return set(value) == set(listed if isinstance(listed, list) else ())
    return value == now or (now is None and value in (False, ""))


def _is_own(present: PresentInstance, name: str) -> bool:
    names = present.own_members.get("names")
    return name in present.own_members or (isinstance(names, Mapping) and name in names)


def _only(requested: RequestedMetadata, names: frozenset[str]) -> RequestedMetadata:
    return RequestedMetadata(
        texts={name: value for name, value in requested.texts.items() if name in names},
        lists={name: value for name, value in requested.lists.items() if name in names},
        flags={name: value for name, value in requested.flags.items() if name in names},
        numbers={name: value for name, value in requested.numbers.items() if name in names},
        names={name: value for name, value in requested.names.items() if name in names},
        scope=requested.scope if "scope" in names else None,
    )


def _beside(template: Template, asked: RequestedMetadata) -> RequestedMetadata:
    """What is asked for, beside those of the template's members that it must agree with."""
    texts = {"application_type": template.metadata.application_type, **asked.texts}
    return replace(asked, texts=texts, lists={"redirect_uris": _STAND_IN, **asked.lists})


def _own(shared: ClientMetadata, judged: ClientMetadata, overrides: frozenset[str]) -> dict[str, object]:
    """What is judged good and differs from the template: repeating the template would outlive its next change."""
    plain = {name for name in overrides if name not in judged.names}
    own: dict[str, object] = {
        name: getattr(judged, name) for name in sorted(plain) if getattr(judged, name) != getattr(shared, name)
    }
    names = {name: text for name, text in judged.names.items() if shared.names.get(name) != text}
    return own | ({"names": names} if names else {})
