"""Every admin page: address, method, handler, and the least role that may use it."""

from dataclasses import dataclass

from starlette.responses import Response

from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.web.admin.accounts import AccountPages
from keyfob_server.web.admin.instances import InstancePages
from keyfob_server.web.admin.registration import RegistrationPages
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.admin.routes import AdminRoute
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
    )
