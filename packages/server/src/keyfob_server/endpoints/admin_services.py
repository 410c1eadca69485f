"""What the admin pages work with, wired once by the composition."""

from dataclasses import dataclass

from keyfob_server.endpoints.initial_tokens import TokenIssuer
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.templates import TemplateTools
from keyfob_server.ports.key_making import KeyMaker
from keyfob_server.ports.storage import Store
from keyfob_server.ports.template_documents import TemplateDocuments
from keyfob_server.rules.admin_client import AdminAddress


@dataclass(frozen=True, slots=True)
class AdminServices:
    services: Services
    store: Store
    keys: KeyMaker
    documents: TemplateDocuments
    address: AdminAddress

    @property
    def template_tools(self) -> TemplateTools:
        return TemplateTools(self.store.templates, self.services.policy.authenticators)

    @property
    def token_issuer(self) -> TokenIssuer:
        services = self.services
        return TokenIssuer(
            tokens=self.store.initial_tokens,
            templates=self.store.templates,
            sessions=self.store,
            sealer=services.sealer,
            entropy=services.entropy,
        )
