"""The guarded fetcher over real sockets, with the answers of a resolver that the test writes."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from keyfob_server.composition.server import public_app
from keyfob_server.outbound.exchange import trusted_authorities
from keyfob_server.outbound.fetch import FetchLimits, GuardedFetcher
from keyfob_server.outbound.resolver import LookUp, system_look_up
from keyfob_server.ports.fetching import Fetched, Fetcher
from keyfob_server.ports.world import Events
from keyfob_server.rules.outbound_addresses import OutboundRules, parse_network
from support_app import Keyfob, running_keyfob

PATIENT = FetchLimits(total_s=60, connect_s=30)
"""For fetches that are meant to succeed on a machine that has much to do."""
LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass
class WrittenAnswers:
    """Looks names up in a list: each look-up gets the next answer of its name, the last one again and again."""

    answers: Mapping[str, Sequence[Sequence[str]]]
    looked_up: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002 - the form of a look-up
        with self._lock:
            number = self.looked_up.count(host)
            self.looked_up.append(host)
        answers = self.answers.get(host)
        if not answers:
            raise OSError("there is no such name")
        return answers[min(number, len(answers) - 1)]


@dataclass
class RecordedEvents:
    events: list[tuple[str, dict[str, str | int | bool | None]]] = field(default_factory=list)

    def emit(self, name: str, **facts: str | int | bool | None) -> None:
        self.events.append((name, facts))


@dataclass
class Seconds:
    """A clock that stands until it is set forward."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass(frozen=True)
class Fetching:
    """Drives a fetcher from a test that does not wait itself."""

    fetcher: GuardedFetcher
    runner: asyncio.Runner
    events: RecordedEvents
    clock: Seconds

    def fetch(self, uri: str) -> Fetched:
        return self.runner.run(self.fetcher.fetch(uri))

    def together(self, *uris: str) -> list[Fetched | BaseException]:
        async def fetch_all() -> list[Fetched | BaseException]:
            return await asyncio.gather(*map(self.fetcher.fetch, uris), return_exceptions=True)

        return self.runner.run(fetch_all())


def guarded_fetcher(
    events: Events,
    *,
    allowed: Sequence[str] = LOOPBACK,
    ca_file: Path | None = None,
    look_up: LookUp = system_look_up,
    clock: Callable[[], float] = time.monotonic,
    limits: FetchLimits | None = None,
) -> GuardedFetcher:
    """`allowed` are networks; by default those of this machine, where the peers of tests listen."""
    rules = OutboundRules(allowed=tuple(map(parse_network, allowed)))
    tls = trusted_authorities(ca_file)
    return GuardedFetcher(rules, tls=tls, events=events, look_up=look_up, clock=clock, limits=limits)


@contextmanager
def fetching(
    *,
    allowed: Sequence[str] = LOOPBACK,
    ca_file: Path | None = None,
    look_up: LookUp = system_look_up,
    limits: FetchLimits | None = None,
) -> Iterator[Fetching]:
    """A fetcher over a clock that stands still, closed in the end."""
    events, clock = RecordedEvents(), Seconds()
    with asyncio.Runner() as runner:
        fetcher = guarded_fetcher(
            events, allowed=allowed, ca_file=ca_file, look_up=look_up, clock=clock, limits=limits or PATIENT
        )
        try:
            yield Fetching(fetcher, runner, events, clock)
        finally:
            runner.run(fetcher.close())


@dataclass(frozen=True)
class Canary:
    """A listener that nothing may reach. Whoever connects is never spoken to."""

    listener: socket.socket

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def connections(self) -> int:
        """How many there were since it was asked last."""
        count = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except BlockingIOError:
                return count
            connection.close()
            count += 1


@contextmanager
def canary() -> Iterator[Canary]:
    """On every address of this machine, as every one of 127.0.0.0/8 is a spelling to try."""
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    with socket.create_server(("", 0), family=family, dualstack_ipv6=both) as listener:
        listener.setblocking(False)  # noqa: FBT003 - the socket module's own form
        yield Canary(listener)


@contextmanager
def keyfob_with_fetcher(folder: Path, fetcher: Fetcher) -> Iterator[Keyfob]:
    """The whole server in this process, with a fetcher of the test's."""
    with running_keyfob(folder) as keyfob:
        services = replace(keyfob.installation.services, fetcher=fetcher)
        installation = replace(keyfob.installation, services=services)
        yield Keyfob(installation, public_app(services), keyfob.clock, keyfob._runner)
