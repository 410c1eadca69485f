"""Switching an instance off, or on again: one call, one transaction, and a receipt that says what is dead.

The pages, the command line, an app's own DELETE and the owner's page all come here.
"""

from dataclasses import dataclass, field

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.ports.keys import TokenSigner
from keyfob_server.ports.storage import InstanceStatusStore
from keyfob_server.rules.acts import Act
from keyfob_server.rules.receipts import TYPE, Receipt, receipt_of
from keyfob_server.rules.records import DELETED, EXPIRED
from keyfob_server.rules.registration_management import tombstone


@dataclass(frozen=True, slots=True)
class Killed:
    receipt: Receipt
    signed: str = field(repr=False)
    """The receipt as a JWS of the server (RFC 7515), `typ` keyfob-receipt+jwt; empty where no keys are at hand."""


async def change_status(
    store: InstanceStatusStore,
    client_id: ClientId,
    status: str,
    act: Act,
    *,
    signer: TokenSigner | None = None,
    issuer: str = "",
    metadata: ClientMetadata | None = None,
    end_sessions: bool = False,
) -> Killed | None:
    """None when the instance is unknown or off for good: nothing was changed.

    Raises StorageUnavailable.

    `metadata` is what is in force, of which a tombstone is made for a status that removes the registration.
    """
    kept = tombstone(metadata) if metadata is not None and status in {DELETED, EXPIRED} else None
    change = await store.set_instance_status(client_id, status, act=act, tombstone=kept, end_sessions=end_sessions)
    if change is None:
        return None
    receipt = receipt_of(client_id, status, change, act)
    signed = signer.sign("RS256", receipt.claims(issuer), typ=TYPE) if signer else ""
    return Killed(receipt, signed)
