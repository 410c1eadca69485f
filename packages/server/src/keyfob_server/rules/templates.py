"""Templates: what instances share, live (wire.md section 3.2)."""

import re
from dataclasses import dataclass, field
from typing import Final

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings

TEMPLATE_ID: Final = re.compile(r"[!-~]{1,200}")
"""What the id of a template looks like: visible ASCII. Nothing else is looked up."""
MISSING = "missing"
"""The status of a template that an instance names and that has no row."""


@dataclass(frozen=True, slots=True)
class Template:
    id: ClientId
    status: str
    """`active`, or the template and all its instances are off."""
    generation: int
    version: int
    """1 at first; each change makes the next."""
    metadata: ClientMetadata
    settings: ClientSettings = field(default_factory=ClientSettings)


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    template_id: ClientId
    version: int
    metadata: ClientMetadata
    settings: ClientSettings
    by: str
    reason: str
    created: int


@cheaply_made
@dataclass(frozen=True, slots=True)
class TemplateLink:
    """What an instance brings of its template: whether it lives."""

    id: ClientId
    status: str
    generation: int
