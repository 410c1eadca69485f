"""What a client gets for its own credentials (RFC 6749 section 4.4)."""

from dataclasses import dataclass

from keyfob_protocol.errors import InvalidScope, UnauthorizedClient
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.records import Client


@dataclass(frozen=True, slots=True)
class GiveAccess:
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GiveInitialToken:
    """One that registers an instance (RFC 7591 section 3)."""


def judge_client_credentials(client: Client, asked: tuple[str, ...]) -> GiveAccess | GiveInitialToken:
    """Raises UnauthorizedClient for a client that proves nothing, InvalidScope for what it may not have.

    Without a scope it gets all that it may have; `dcr` is given alone, and to clients that are named for it.
    """
    if client.kind != "static" or client.metadata.token_endpoint_auth_method == "none":
        raise UnauthorizedClient("this client is not registered for that grant type")
    if DCR in asked:
        if not client.settings.initial_tokens:
            raise InvalidScope("this client may not ask for: dcr")
        if len(asked) > 1:
            raise InvalidScope("scope dcr is given alone")
        return GiveInitialToken()
    # what speaks of a person cannot be given to a client alone
    allowed = tuple(value for value in client.metadata.scope if value != "openid")
    if beyond := [value for value in asked if value not in allowed]:
        raise InvalidScope(f"this client may not ask for: {' '.join(beyond)}"[:200])
    scope = asked or allowed
    if not scope:
        if client.settings.initial_tokens:
            return GiveInitialToken()
        raise InvalidScope("scope is required: there is no default for this client")
    return GiveAccess(scope)
