"""What a fetch brings, how it is sent, and what is remembered of it. What it refuses, row F15 shows."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from keyfob_server.outbound.fetch import FetchLimits
from keyfob_server.ports.fetching import Fetched, FetchFailed, FetchRefused
from support_https_peer import Authority, HttpsPeer, answer, https_peer, saying
from support_outbound import PATIENT, WrittenAnswers, fetching
from support_polling import eventually


def test_the_document_comes_as_it_is_with_its_media_type(authority: Authority, certificate: Path) -> None:
    message = answer(b'["\xff"]', media_type=" Application/JSON; charset=utf-8")
    with https_peer(certificate, saying(message)) as peer, fetching(ca_file=authority.ca_file) as it:
        assert it.fetch(peer.url()) == Fetched(b'["\xff"]', "application/json")
    assert it.events.events == []


def test_an_answer_without_a_media_type_has_none(authority: Authority, certificate: Path) -> None:
    with (
        https_peer(certificate, saying(b"HTTP/1.1 200 OK\r\n\r\n[]")) as peer,
        fetching(ca_file=authority.ca_file) as it,
    ):
        assert it.fetch(peer.url()) == Fetched(b"[]", "")


def test_the_request_names_the_host_asks_for_nothing_packed_and_tells_nothing_else(
    authority: Authority, peer: HttpsPeer
) -> None:
    with fetching(ca_file=authority.ca_file) as it:
        it.fetch(peer.url("/sector.json?a=%20b"))
    assert peer.requests[0].startswith(b"GET /sector.json?a=%20b HTTP/1.1\r\n")
    assert peer.server_names == ["localhost"]
    assert peer.headers() == {
        "host": f"localhost:{peer.port}",
        "user-agent": "keyfob",
        "accept": "application/json",
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_the_next_address_of_a_name_is_tried_when_one_cannot_be_reached(authority: Authority, peer: HttpsPeer) -> None:
    look_up = WrittenAnswers({"app.example": [["127.0.0.9", "127.0.0.1"]]})
    with fetching(ca_file=authority.ca_file, look_up=look_up) as it:
        assert it.fetch(peer.url(host="app.example")).body == b'["a"]'
    assert look_up.looked_up == ["app.example"]


def test_no_more_than_three_addresses_are_tried(authority: Authority, peer: HttpsPeer) -> None:
    look_up = WrittenAnswers({"app.example": [["127.0.0.7", "127.0.0.8", "127.0.0.9", "127.0.0.1"]]})
    with fetching(ca_file=authority.ca_file, look_up=look_up) as it, pytest.raises(FetchFailed, match="cannot be conn"):
        it.fetch(peer.url(host="app.example"))
    assert peer.connections == 0


@pytest.mark.parametrize("answers", [[], [[]], [[f"127.0.1.{number}" for number in range(65)]]])
def test_a_name_without_addresses_or_with_too_many_is_a_failure(answers: list[list[str]]) -> None:
    look_up = WrittenAnswers({"app.example": answers})
    with fetching(look_up=look_up) as it, pytest.raises(FetchFailed, match="no address"):
        it.fetch("https://app.example/")


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oh", "204 No Content", "206 Partial Content", "401 No"])
def test_any_status_but_200_is_a_failure(authority: Authority, certificate: Path, status: str) -> None:
    with (
        https_peer(certificate, saying(answer(b"", status=status))) as peer,
        fetching(ca_file=authority.ca_file) as it,
        pytest.raises(FetchFailed, match=f"status {status[:3]}"),
    ):
        it.fetch(peer.url())


@pytest.mark.parametrize("message", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["])
def test_an_answer_that_is_no_whole_http_is_a_failure(authority: Authority, certificate: Path, message: bytes) -> None:
    with (
        https_peer(certificate, saying(message)) as peer,
        fetching(ca_file=authority.ca_file) as it,
        pytest.raises(FetchFailed, match="the exchange broke"),
    ):
        it.fetch(peer.url())


LIFETIMES = {
    "": 60,
    "max-age=300": 300,
    "no-store": 60,
    "max-age=0": 60,
    "public, max-age=99999999999": 86400,
}


@pytest.mark.parametrize(("cache_control", "lifetime_s"), LIFETIMES.items())
def test_an_answer_is_kept_between_a_minute_and_a_day(
    authority: Authority, certificate: Path, cache_control: str, lifetime_s: int
) -> None:
    message = answer(b"[]", f"Cache-Control: {cache_control}")
    with https_peer(certificate, saying(message)) as peer, fetching(ca_file=authority.ca_file) as it:
        it.fetch(peer.url())
        it.clock.now += lifetime_s - 1
        it.fetch(peer.url())
        assert len(peer.requests) == 1
        it.clock.now += 1
        it.fetch(peer.url())
    assert len(peer.requests) == 2


def test_a_failure_is_kept_for_thirty_seconds(authority: Authority, certificate: Path) -> None:
    with (
        https_peer(certificate, saying(answer(b"", status="503 Busy"))) as peer,
        fetching(ca_file=authority.ca_file) as it,
    ):
        for seconds, requests in ((0, 1), (29, 1), (1, 2)):
            it.clock.now += seconds
            with pytest.raises(FetchFailed, match="503"):
                it.fetch(peer.url())
            assert len(peer.requests) == requests
    assert it.events.events == 2 * [("fetch.failed", {"host": "localhost", "reason": "the answer has status 503"})]


def test_a_refused_name_is_not_looked_up_again_for_thirty_seconds() -> None:
    look_up = WrittenAnswers({"app.example": [["10.0.0.1"]]})
    with fetching(look_up=look_up) as it:
        for seconds, look_ups in ((0, 1), (29, 1), (1, 2)):
            it.clock.now += seconds
            with pytest.raises(FetchRefused, match="is private"):
                it.fetch("https://app.example/")
            assert len(look_up.looked_up) == look_ups
    assert it.events.events[0] == (
        "fetch.refused",
        {"host": "app.example", "reason": "an address of its host is private"},
    )


def test_who_asks_for_the_same_uri_meanwhile_waits_for_the_same_answer(authority: Authority, peer: HttpsPeer) -> None:
    with fetching(ca_file=authority.ca_file) as it:
        results = it.together(*[peer.url()] * 50)
    assert results == 50 * [Fetched(b'["a"]', "application/json")]
    assert peer.connections == 1


def test_one_who_stops_waiting_does_not_end_it_for_the_others(authority: Authority, certificate: Path) -> None:
    may_answer = Event()

    def say(connection: ssl.SSLSocket) -> None:
        may_answer.wait(30)
        connection.sendall(answer(b"[]"))

    with https_peer(certificate, say) as peer, fetching(ca_file=authority.ca_file) as it:

        async def one_leaves() -> Fetched:
            first = asyncio.create_task(it.fetcher.fetch(peer.url()))
            second = asyncio.create_task(it.fetcher.fetch(peer.url()))
            await asyncio.to_thread(eventually, lambda: bool(peer.requests))
            first.cancel()
            may_answer.set()
            return await second

        assert it.runner.run(one_leaves()).body == b"[]"
    assert peer.connections == 1


def test_no_more_than_the_limit_are_fetched_at_once_and_all_get_their_turn(
    authority: Authority, certificate: Path
) -> None:
    may_answer = Event()

    def say(connection: ssl.SSLSocket) -> None:
        may_answer.wait(30)
        connection.sendall(answer(b"[]"))

    limits = replace(PATIENT, at_once=3)
    with https_peer(certificate, say) as peer, fetching(ca_file=authority.ca_file, limits=limits) as it:

        async def nine() -> int:
            fetches = [asyncio.create_task(it.fetcher.fetch(peer.url(f"/{number}"))) for number in range(9)]
            await asyncio.to_thread(eventually, lambda: len(peer.requests) >= 3)
            # A fourth would come while the loop turns so often.
            for _ in range(1000):
                await asyncio.sleep(0)
            together = peer.connections
            may_answer.set()
            await asyncio.gather(*fetches)
            return together

        assert it.runner.run(nine()) == 3
    assert peer.connections == 9


def test_beyond_the_queue_nobody_waits_and_nothing_is_remembered(authority: Authority, peer: HttpsPeer) -> None:
    limits = replace(PATIENT, waiting=2)
    with fetching(ca_file=authority.ca_file, limits=limits) as it:
        results = it.together(*[peer.url(f"/{number}") for number in range(4)])
        assert [type(result) for result in results] == [Fetched, Fetched, FetchFailed, FetchFailed]
        assert it.fetch(peer.url("/3")).body == b'["a"]'
    assert ("fetch.failed", {"host": "localhost", "reason": "too many fetches wait already"}) in it.events.events


def test_who_never_had_a_turn_is_not_remembered_as_failed(authority: Authority, peer: HttpsPeer) -> None:
    limits = FetchLimits(at_once=1, total_s=0.1)
    with fetching(ca_file=authority.ca_file, limits=limits) as it:
        it.runner.run(it.fetcher._turns.acquire())
        with pytest.raises(FetchFailed, match="took too long"):
            it.fetch(peer.url())
        it.fetcher._turns.release()
        it.fetcher._limits = PATIENT
        assert it.fetch(peer.url()).body == b'["a"]'


def test_closing_ends_what_is_under_way(authority: Authority, certificate: Path) -> None:
    ended = Event()

    def say(connection: ssl.SSLSocket) -> None:
        if not connection.recv(1):
            ended.set()

    with https_peer(certificate, say) as peer, fetching(ca_file=authority.ca_file) as it:

        async def close_early() -> None:
            fetch = asyncio.create_task(it.fetcher.fetch(peer.url()))
            await asyncio.to_thread(eventually, lambda: bool(peer.requests))
            await it.fetcher.close()
            with pytest.raises(asyncio.CancelledError):
                await fetch

        it.runner.run(close_early())
        eventually(ended.is_set)
