"""What a crowd of loaded instances says: each request comes from another of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import gcd

from keyfob_bench.contestant import Operation
from keyfob_bench.exchange import Exchange, Script
from keyfob_bench.messages import basic, expect, request
from keyfob_bench.population import Population
from keyfob_bench.provider import Provider
from keyfob_bench.started import Server

_STRIDE = 0.6180339887


@dataclass(slots=True)
class Crowd:
    """contestant.Running: a node on a loaded database."""

    server: Server
    population: Population
    instances: int
    rotated: dict[int, int] = field(default_factory=dict)
    """How often each was refreshed."""
    _turn: "count[int]" = field(default_factory=count)

    @property
    def address(self) -> tuple[str, int]:
        return self.server.address

    def address_of(self, operation: str) -> tuple[str, int]:
        return self.server.address_of(operation)

    @property
    def pids(self) -> Sequence[int]:
        return self.server.pids

    @property
    def database_pids(self) -> Sequence[int]:
        return self.server.database_pids

    @property
    def at_rest_mib(self) -> float:
        return self.server.at_rest_mib

    @property
    def settings(self) -> Sequence[str]:
        return self.server.settings

    def prepare(self) -> None:
        self.server.prepare()

    def close(self) -> None:
        self.server.close()

    def script(self, operation: Operation, connection: int) -> Script | None:
        """What needs no instance, or a person's session too, is said as to any node."""
        make = _SCRIPTS.get(operation)
        return make(self, self.server.provider) if make else self.server.script(operation, connection)

    def next(self) -> int:
        """All of them in turn, no two of the same page of an index after each other."""
        stride = int(self.instances * _STRIDE) | 1
        while gcd(stride, self.instances) > 1:
            stride += 2
        return next(self._turn) * stride % self.instances

    def credentials(self, number: int) -> Mapping[str, str]:
        return basic(self.population.client_id(number), self.population.secret(number))


def _refresh(crowd: Crowd, provider: Provider) -> Script:
    while True:
        number = crowd.next()
        times = crowd.rotated.get(number, 0)
        form = {"grant_type": "refresh_token", "refresh_token": crowd.population.refresh_token(number, times)}
        crowd.rotated[number] = times + 1
        sent = request("POST", provider.endpoints["token_endpoint"], form=form, headers=crowd.credentials(number))
        expect((yield Exchange(sent, completes=True)), 200, b'"refresh_token"')


def _introspection(crowd: Crowd, provider: Provider) -> Script:
    while True:
        number = crowd.next()
        form = {"token": crowd.population.access_token(number)}
        path = provider.endpoints["introspection_endpoint"]
        sent = request("POST", path, form=form, headers=crowd.credentials(number))
        expect((yield Exchange(sent, completes=True)), 200, b'"active":true')


def _userinfo(crowd: Crowd, provider: Provider) -> Script:
    while True:
        bearer = {"Authorization": f"Bearer {crowd.population.access_token(crowd.next())}"}
        sent = request("GET", provider.endpoints["userinfo_endpoint"], headers=bearer)
        expect((yield Exchange(sent, completes=True)), 200, b'"sub"')


def _client_authentication(crowd: Crowd, provider: Provider) -> Script:
    """RFC 7009: to revoke what is no token, a client need only be who it says it is."""
    path = provider.endpoints["revocation_endpoint"]
    while True:
        sent = request("POST", path, form={"token": "no-token"}, headers=crowd.credentials(crowd.next()))
        expect((yield Exchange(sent, completes=True)), 200)


_SCRIPTS: Mapping[Operation, Callable[[Crowd, Provider], Script]] = {
    Operation.REFRESH: _refresh,
    Operation.INTROSPECTION: _introspection,
    Operation.USERINFO: _userinfo,
    Operation.CLIENT_AUTHENTICATION: _client_authentication,
}
