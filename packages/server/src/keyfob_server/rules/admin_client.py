"""The admin pages as a client of the server that they belong to."""

from dataclasses import dataclass
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import ACTIVE, Client

ADMIN_CLIENT_ID: Final = ClientId("keyfob-admin")
CALLBACK: Final = "/admin/callback"


@dataclass(frozen=True, slots=True)
class AdminAddress:
    """Where administrators' browsers find the admin listener."""

    base_url: str
    """Scheme, host and port, without a slash at the end."""
    public_url: str
    """The base URL of the public listener."""

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https:")

    @property
    def callback(self) -> str:
        return self.base_url + CALLBACK

    @property
    def same_site(self) -> bool:
        """Scheme and host are those of the public listener, so that a browser takes both for one site."""
        return _site(self.base_url) == _site(self.public_url)


def admin_client(address: AdminAddress) -> Client:
    """Confidential, and nobody has a secret of it: its codes are redeemed in this process and nowhere else."""
    return Client(
        client_id=ADMIN_CLIENT_ID,
        kind="static",
        status=ACTIVE,
        generation=1,
        metadata=ClientMetadata(
            redirect_uris=(address.callback,),
            scope=("openid",),
            application_type="web",
            names={"client_name": "Keyfob administration"},
        ),
        settings=ClientSettings(named_by_settings=True),
    )


def _site(url: str) -> tuple[str, str]:
    """Scheme and host; ports do not part sites."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    return scheme, host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
