"""What came to the registration endpoint, before the token was looked at: what is wrong with it waits for that."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidClientMetadata, ProtocolError
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.json_document import JsonDocumentError, parse_json_object
from keyfob_server.rules.idempotency import check_idempotency_key
from keyfob_server.rules.templates import TEMPLATE_ID


@cheaply_made
@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    document: Mapping[str, object]
    body_hash: str
    """SHA-256, hexadecimal."""
    key: str = field(repr=False)
    """The `Idempotency-Key`; empty without one."""

    @property
    def software_id(self) -> ClientId | None:
        """What may be the name of a template."""
        value = self.document.get("software_id")
        return ClientId(value) if isinstance(value, str) and TEMPLATE_ID.fullmatch(value) else None


def read_request(body: bytes | None, idempotency_key: str | None) -> RegistrationRequest | ProtocolError:
    """The error is to be raised when the token was found good: a bad token is told first."""
    try:
        document = read_document(body)
        key = check_idempotency_key(idempotency_key)
    except ProtocolError as error:
        return error
    return RegistrationRequest(document, hashlib.sha256(body or b"").hexdigest(), key)


def read_document(body: bytes | None) -> Mapping[str, object]:
    """None: it came as another media type than JSON. Raises InvalidClientMetadata."""
    if body is None:
        raise InvalidClientMetadata("the body must be application/json")
    try:
        return parse_json_object(body)
    except JsonDocumentError as error:
        raise InvalidClientMetadata(str(error)) from None
