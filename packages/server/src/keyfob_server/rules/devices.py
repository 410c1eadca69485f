"""What a person sees of the app instances that are theirs, in a person's word: devices."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import ACTIVE, FINAL, Client

DEVICES_CLIENT_ID: Final = ClientId("keyfob-devices")
REMOVED_SHOWN_S: Final = 30 * 86400
"""So long after its end a device is still listed."""
MAX_NAME: Final = 100
_JOINERS: Final = {"\u200c", "\u200d"}  # Persian, Indic scripts and emoji need them


@dataclass(frozen=True, slots=True)
class Device:
    """An instance as its owner sees it. Times are epoch seconds."""

    client_id: ClientId
    app_name: str
    """Its own or its template's `client_name`, else `software_id`; empty without all of them."""
    name: str
    platform: str
    status: str
    template_status: str
    """Empty without a template."""
    status_at: int | None
    created: int
    first_used: int | None
    """As far as the grants are kept."""
    last_used: int | None
    here: bool
    """A grant of it came from the session that asks."""

    @property
    def removed(self) -> bool:
        return self.status in FINAL

    @property
    def paused(self) -> bool:
        """Not usable now, and neither its app nor its owner can change that."""
        return not self.removed and (self.status != ACTIVE or self.template_status not in {"", ACTIVE})

    @property
    def unused_since(self) -> int:
        """What was never used counts from its registration."""
        return self.created if self.last_used is None else self.last_used


def devices_client(base_url: str, path: str) -> Client:
    """The page of devices as a client. Confidential, and nobody has a secret of it: its codes are never redeemed."""
    return Client(
        client_id=DEVICES_CLIENT_ID,
        kind="static",
        status=ACTIVE,
        generation=1,
        metadata=ClientMetadata(
            redirect_uris=(callback(base_url, path),),
            scope=("openid",),
            application_type="web",
            names={"client_name": "Your devices"},
        ),
        settings=ClientSettings(named_by_settings=True),
    )


def callback(base_url: str, path: str) -> str:
    return f"{base_url}{path}/signed-in"


def agreed_apps_path(path: str) -> str:
    """The page beside that of devices."""
    return f"{path}/apps"


def cleaned_name(text: str) -> str:
    """What was typed, on one line without space around it."""
    return " ".join(text.split())


def name_fault(name: str) -> str:
    """What is wrong with a cleaned name, for the person who typed it; empty when nothing is."""
    if len(name) > MAX_NAME:
        return f"A name has at most {MAX_NAME} characters."
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} and one not in _JOINERS for one in name):
        return "That name holds characters that cannot be shown."
    return ""
