"""Names for the kinds of text that must not be mixed up."""

from typing import NewType

AccountId = NewType("AccountId", str)
ClientId = NewType("ClientId", str)
CodeId = NewType("CodeId", str)
GrantId = NewType("GrantId", str)
Issuer = NewType("Issuer", str)
SessionId = NewType("SessionId", str)
