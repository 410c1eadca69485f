"""Every admin page: address, method, handler, and the least role that may use it."""

from dataclasses import dataclass

from starlette.responses import Response

from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.web.admin.accounts import AccountPages
from keyfob_server.web.admin.audit import AuditPages
from keyfob_server.web.admin.clients import ClientPages
from keyfob_server.web.admin.initial_tokens import InitialTokenPages
from keyfob_server.web.admin.instances import InstancePages
from keyfob_server.web.admin.keys import KeyPages
from keyfob_server.web.admin.registration import RegistrationPages
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.routes import AdminRoute
from keyfob_server.web.admin.template_edit import TemplateEditPages
from keyfob_server.web.admin.templates import TemplatePages
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.pages.present import see_other


@dataclass(frozen=True, slots=True)
class FirstPage:
    admin: AdminServices
    https: bool

    async def show(self, _visit: Visit) -> Response:
        return see_other(f"{self.admin.address.base_url}/admin/instances", https=self.https)


def admin_routes(admin: AdminServices, pages: AdminPages) -> tuple[AdminRoute, ...]:
    first = FirstPage(admin, pages.https)
    instances = InstancePages(admin, pages)
    registration, accounts = RegistrationPages(admin, pages), AccountPages(admin, pages)
    templates, tokens = TemplatePages(admin, pages), InitialTokenPages(admin, pages)
    keys, clients, edits = KeyPages(admin, pages), ClientPages(admin, pages), TemplateEditPages(admin, pages)
    return (
        AdminRoute("/admin", "GET", first.show, "support"),
        AdminRoute("/admin/instances", "GET", instances.show_list, "support"),
        AdminRoute("/admin/instances/change", "GET", instances.ask, "support"),
        AdminRoute("/admin/instances/change", "POST", instances.change, "support"),
        AdminRoute("/admin/instances/{client_id}", "GET", instances.show_one, "support"),
        AdminRoute("/admin/registration", "GET", registration.show, "operator"),
        AdminRoute("/admin/registration", "POST", registration.change, "operator"),
        AdminRoute("/admin/accounts", "GET", accounts.show_list, "operator"),
        AdminRoute("/admin/account-changes", "GET", accounts.ask, "operator"),
        AdminRoute("/admin/account-changes", "POST", accounts.change, "operator"),
        AdminRoute("/admin/accounts/{user_name}", "GET", accounts.show_one, "operator"),
        AdminRoute("/admin/templates", "GET", templates.show_list, "operator"),
        AdminRoute("/admin/template", "GET", templates.show_one, "operator"),
        AdminRoute("/admin/template-changes", "GET", templates.ask, "operator"),
        AdminRoute("/admin/template-changes", "POST", templates.change, "operator"),
        AdminRoute("/admin/template-edit", "GET", edits.show, "operator"),
        AdminRoute("/admin/template-edit", "POST", edits.change, "operator"),
        AdminRoute("/admin/clients", "GET", clients.show_list, "operator"),
        AdminRoute("/admin/client", "GET", clients.show_one, "operator"),
        AdminRoute("/admin/initial-tokens", "GET", tokens.show_list, "operator"),
        AdminRoute("/admin/initial-tokens/new", "GET", tokens.ask_new, "operator"),
        AdminRoute("/admin/initial-tokens/new", "POST", tokens.issue, "operator"),
        AdminRoute("/admin/initial-token-changes", "GET", tokens.ask_revoke, "operator"),
        AdminRoute("/admin/initial-token-changes", "POST", tokens.revoke, "operator"),
        AdminRoute("/admin/keys", "GET", keys.show_list, "operator"),
        AdminRoute("/admin/key-changes", "GET", keys.ask, "operator"),
        AdminRoute("/admin/key-changes", "POST", keys.publish, "operator"),
        AdminRoute("/admin/audit", "GET", AuditPages(admin, pages).show, "operator"),
    )
