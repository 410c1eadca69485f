"""Templates as documents for the admin pages, in the form that `keyfob template apply` reads."""

from pathlib import Path
from typing import Final

from keyfob_server.ports.template_documents import DocumentRefused
from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.rules.templates import Template
from keyfob_server.settings import SettingsError
from keyfob_server.settings.document_file import parse_document
from keyfob_server.settings.document_text import template_text

_NAME: Final = Path("line")
"""What problems call the text: `line:3: scope: ...`."""


class SettingsTemplateDocuments:
    """ports.template_documents.TemplateDocuments."""

    def write(self, template: Template) -> str:
        return template_text(template.id, template)

    def read(self, text: str) -> TemplateDefinition | DocumentRefused:
        try:
            # no variable of the server's environment is anybody's to name here
            document = parse_document(_NAME, text, {})
        except SettingsError as error:
            return DocumentRefused(tuple(str(problem) for problem in error.problems))
        if document.clients or document.registration is not None or len(document.templates) != 1:
            return DocumentRefused(("the text holds one [[template]], and nothing else",))
        return document.templates[0]
