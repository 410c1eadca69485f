"""Where requests come from, as the server sees it.

Tests that are not about limits would come upon them all, from one address and at the speed of a machine: there each
request comes from a network of its own, and there may be as many registrations a second as there are.
"""

import secrets
from dataclasses import replace
from typing import Final

import httpx

from keyfob_server.rules.policy import Policy, RegistrationPolicy
from keyfob_server.web.app import PublicApp

FROM: Final = "remote_address"


def caller(address: str) -> dict[str, dict[str, str]]:
    """An argument of `Keyfob.request`: the request comes from this address."""
    return {"extensions": {FROM: address}}


class FromAnywhere(httpx.AsyncBaseTransport):
    """Straight into the app: from the address that the request's extension names, else from `address`, else from one
    of its own.
    """

    def __init__(self, app: PublicApp, address: str | None = None) -> None:
        self._app = app
        self._address = address

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        own = f"fd00:{secrets.token_hex(2)}:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
        client = (request.extensions.get(FROM, self._address or own), 50000)
        return await httpx.ASGITransport(self._app, client=client).handle_async_request(request)


def unhurried(policy: Policy) -> Policy:
    """Without the limit of registrations a second, unless the test set one."""
    if policy.registration.max_per_second != RegistrationPolicy().max_per_second:
        return policy
    return replace(policy, registration=replace(policy.registration, max_per_second=100_000))
