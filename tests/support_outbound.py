"""The guarded fetcher over real sockets, with the answers of a resolver that the test writes."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from keyfob_server.composition.server import public_app
from keyfob_server.outbound.exchange import trusted_authorities
from keyfob_server.outbound.fetch import FetchLimits, GuardedFetcher
from keyfob_server.outbound.resolver import LookUp, system_look_up
from keyfob_server.ports.fetching import Fetched, Fetcher
from keyfob_server.rules.outbound_addresses import OutboundRules, parse_network
from support_app import Keyfob, running_keyfob

LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass
class WrittenAnswers:
    """Looks names up in a list: each look-up gets the next answer of its name, the last one again and again."""

    answers: dict[str, list[Sequence[str]]]
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


@contextmanager
def fetching(
    *,
    allowed: Sequence[str] = LOOPBACK,
    ca_file: Path | None = None,
    look_up: LookUp = system_look_up,
    limits: FetchLimits | None = None,
) -> Iterator[Fetching]:
    """`allowed` are networks; by default those of this machine, where the peers of tests listen."""
    rules = OutboundRules(allowed=tuple(map(parse_network, allowed)))
    tls = trusted_authorities(ca_file)
    events, clock = RecordedEvents(), Seconds()
    with asyncio.Runner() as runner:
        fetcher = GuardedFetcher(rules, tls=tls, events=events, look_up=look_up, clock=clock, limits=limits)
        try:
            yield Fetching(fetcher, runner, events, clock)
        finally:
            runner.run(fetcher.close())


@contextmanager
def keyfob_with_fetcher(folder: Path, fetcher: Fetcher) -> Iterator[Keyfob]:
    """The whole server in this process, with a fetcher of the test's."""
    with running_keyfob(folder) as keyfob:
        services = replace(keyfob.installation.services, fetcher=fetcher)
        installation = replace(keyfob.installation, services=services)
        yield Keyfob(installation, public_app(services), keyfob.clock, keyfob._runner)
