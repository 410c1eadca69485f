"""The one guarded HTTP client: it fetches what strangers name, and nothing that they could not fetch themselves."""

import asyncio
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from keyfob_server.outbound.answer_cache import AnswerCache, lifetime_s
from keyfob_server.outbound.exchange import Exchanged, Unreachable, exchange
from keyfob_server.outbound.resolver import LookUp, Resolver, system_look_up
from keyfob_server.ports.fetching import Fetched, FetchFailed, FetchRefused
from keyfob_server.ports.world import Events
from keyfob_server.rules.outbound_addresses import OutboundRules, Target, address_fault, target_of


@dataclass(frozen=True, slots=True)
class FetchLimits:
    total_s: float = 3.0
    """For everything: waiting for a turn, the name, the connection, the answer."""
    max_bytes: int = 64 * 1024
    at_once: int = 8
    waiting: int = 64
    """How many fetches may be under way or wait for their turn."""
    max_addresses: int = 3
    """How many addresses of a host are tried; all of them are checked."""
    connect_s: float = 1.0
    """For the connection to one address, and again for its TLS; the next one is tried then."""
    error_lifetime_s: float = 30.0


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: str


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str


_Outcome = Fetched | _Refusal | _Failure


class GuardedFetcher:
    """Belongs to one event loop. `clock` counts seconds and never goes back."""

    def __init__(
        self,
        rules: OutboundRules,
        *,
        tls: ssl.SSLContext,
        events: Events,
        look_up: LookUp = system_look_up,
        clock: Callable[[], float] = time.monotonic,
        limits: FetchLimits | None = None,
    ) -> None:
        self._rules = rules
        self._tls = tls
        self._events = events
        self._limits = limits or FetchLimits()
        self._resolver = Resolver(look_up, threads=self._limits.at_once)
        self._answers: AnswerCache[_Outcome] = AnswerCache(clock)
        self._turns = asyncio.Semaphore(self._limits.at_once)
        self._under_way: dict[str, asyncio.Task[_Outcome]] = {}

    async def fetch(self, uri: str) -> Fetched:
        """See ports.fetching.Fetcher. Whoever asks for the same URI meanwhile waits for the same answer."""
        outcome = self._answers.find(uri)
        if outcome is None:
            # Shielded: one who stops waiting does not end it for the others.
            outcome = await asyncio.shield(self._under_way.get(uri) or self._start(uri))
        match outcome:
            case Fetched():
                return outcome
            case _Refusal(reason):
                raise FetchRefused(reason)
            case _Failure(reason):
                raise FetchFailed(reason)
            case _:
                assert_never(outcome)

    async def close(self) -> None:
        """Ends what is under way."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._resolver.close()

    def _start(self, uri: str) -> "asyncio.Task[_Outcome]":
        """Raises FetchRefused, and FetchFailed when too many wait already."""
        target = target_of(uri, self._rules)
        if isinstance(target, str):
            self._events.emit("fetch.refused", reason=target)
            raise FetchRefused(target)
        if len(self._under_way) >= self._limits.waiting:
            reason = "too many fetches wait already"
            self._events.emit("fetch.failed", host=target.host, reason=reason)
            raise FetchFailed(reason)
        task = asyncio.create_task(self._outcome(uri, target))
        self._under_way[uri] = task
        task.add_done_callback(lambda _: self._under_way.pop(uri))
        return task

    async def _outcome(self, uri: str, target: Target) -> _Outcome:
        """Never raises, so that nobody has to be there to hear of it."""
        had_its_turn = False
        outcome: _Outcome
        lifetime = self._limits.error_lifetime_s
        deadline = asyncio.get_running_loop().time() + self._limits.total_s
        try:
            async with asyncio.timeout_at(deadline), self._turns:
                had_its_turn = True
                exchanged = await self._exchange(target, deadline)
            outcome, lifetime = exchanged.fetched, lifetime_s(exchanged.cache_control)
        except FetchRefused as refused:
            outcome = _Refusal(refused.reason)
            self._events.emit("fetch.refused", host=target.host, reason=refused.reason)
        except (FetchFailed, TimeoutError) as failed:
            reason = failed.reason if isinstance(failed, FetchFailed) else "it took too long"
            outcome = _Failure(reason)
            self._events.emit("fetch.failed", host=target.host, reason=reason)
        if had_its_turn:
            # What never had a turn says nothing about the URI.
            self._answers.add(uri, outcome, lifetime_s=lifetime)
        return outcome

    async def _exchange(self, target: Target, deadline: float) -> Exchanged:
        """Raises FetchRefused when any of the host's addresses is not allowed, FetchFailed."""
        addresses = await self._resolver.addresses(target.host, target.port)
        for address in addresses:
            if fault := address_fault(address, self._rules):
                raise FetchRefused(f"an address of its host {fault}")
        unreachable: Unreachable | None = None
        for address in addresses[: self._limits.max_addresses]:
            # A cancelled TLS handshake leaves its socket to the garbage collector, one that runs out of time closes it:
            # so connection and TLS both end by themselves before the deadline cancels them.
            remaining_s = deadline - asyncio.get_running_loop().time()
            connect_s = min(self._limits.connect_s, remaining_s / 2)
            try:
                return await exchange(
                    target, address, tls=self._tls, max_bytes=self._limits.max_bytes, connect_s=connect_s
                )
            except Unreachable as error:
                unreachable = error
        raise unreachable or FetchFailed("its host has no address")
