"""Where requests come from, as the server sees it.

Tests that are not about limits would come upon them all, from one address and at the speed of a machine: there each
request comes from a network of its own, and there may be as many registrations a second as there are.
"""

import secrets
from dataclasses import dataclass, replace
from typing import Any, Final

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


HEADERS: Final = {"accept": "*/*", "accept-encoding": "gzip", "connection": "keep-alive", "user-agent": "an app"}


@dataclass(frozen=True, slots=True)
class Caller:
    """As a client of `httpx` asks, without what these tests never use: its redirects, cookies and connections cost a
    request more than the server does.
    """

    transport: httpx.AsyncBaseTransport
    base: str

    async def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """A path of the base, or an address that stands for itself. `arguments` are those of `httpx.Request`."""
        headers = httpx.Headers(HEADERS)
        headers.update(arguments.pop("headers", None))
        url = path if path.startswith(("http://", "https://")) else self.base + path
        request = httpx.Request(method, url, headers=headers, **arguments)
        answer = await self.transport.handle_async_request(request)
        answer.request = request
        await answer.aread()
        return answer


def unhurried(policy: Policy) -> Policy:
    """Without the limit of registrations a second, unless the test set one."""
    if policy.registration.max_per_second != RegistrationPolicy().max_per_second:
        return policy
    return replace(policy, registration=replace(policy.registration, max_per_second=100_000))
