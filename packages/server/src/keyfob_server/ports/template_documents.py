from dataclasses import dataclass
from typing import Protocol

from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.rules.templates import Template


@dataclass(frozen=True, slots=True)
class DocumentRefused:
    """What is wrong with its form, a sentence each; never empty."""

    sentences: tuple[str, ...]


class TemplateDocuments(Protocol):
    """Templates as the text that operators write, in a file or on a page."""

    def write(self, template: Template) -> str: ...

    def read(self, text: str) -> TemplateDefinition | DocumentRefused:
        """The one template of the text."""
        ...
