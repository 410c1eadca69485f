"""What the admin pages work with, wired once by the composition."""

from dataclasses import dataclass

from keyfob_server.endpoints.services import Services
from keyfob_server.ports.storage import Store
from keyfob_server.rules.admin_client import AdminAddress


@dataclass(frozen=True, slots=True)
class AdminServices:
    services: Services
    store: Store
    address: AdminAddress
