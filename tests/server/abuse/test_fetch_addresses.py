"""Row F15: no URI and no name server makes the server connect to where it must not, checked on real sockets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from keyfob_server.outbound.fetch import FetchLimits
from keyfob_server.ports.fetching import FetchFailed, FetchRefused
from support_https_peer import Authority, HttpsPeer, answer, https_peer, saying
from support_outbound import LOOPBACK, Canary, WrittenAnswers, canary, fetching
from support_outbound_spellings import INNER_SPELLINGS, LOOPBACK_SPELLINGS

ENCODED = ("https://127.0.0.1:{port}\\@app.example/", "https://app.example@127.0.0.1:{port}/")
OTHER_SCHEMES = ("http", "HTTPS", "ftp", "file", "gopher", "ws", "wss", "dict", "ldap")
INNER_ADDRESSES = (
    *("127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),  # noqa: S104 - refused
    *("192.0.0.192", "224.0.0.1", "255.255.255.255", "198.18.0.1", "203.0.113.1", "240.0.0.1", "::", "::1", "fe80::1"),
    *("fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::"),
    *("64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "4000::1"),
)
PUBLIC = "93.184.215.14"


@pytest.fixture
def bird() -> Iterator[Canary]:
    with canary() as listening:
        yield listening


def test_f15_no_spelling_of_an_address_is_fetched_even_where_this_machine_is_allowed(bird: Canary) -> None:
    uris = [f"https://{host}:{bird.port}/" for host in LOOPBACK_SPELLINGS + INNER_SPELLINGS]
    uris += [text.format(port=bird.port) for text in ENCODED]
    uris += [f"{scheme}://localhost:{bird.port}/" for scheme in OTHER_SCHEMES]
    for networks in ((), LOOPBACK):
        with fetching(allowed=networks) as it:
            for uri in uris:
                with pytest.raises(FetchRefused):
                    it.fetch(uri)
            assert [name for name, _ in it.events.events] == ["fetch.refused"] * len(uris)
    assert bird.connections() == 0


def test_f15_a_name_of_this_machine_is_fetched_only_where_the_setting_allows_it(bird: Canary) -> None:
    uri = f"https://localhost:{bird.port}/"
    with fetching(allowed=()) as it, pytest.raises(FetchRefused, match="is loopback"):
        it.fetch(uri)
    assert bird.connections() == 0
    with fetching(limits=FetchLimits(total_s=0.5)) as it, pytest.raises(FetchFailed):
        it.fetch(uri)
    assert bird.connections() > 0


@pytest.mark.parametrize("address", INNER_ADDRESSES)
def test_f15_a_name_with_an_inner_address_is_refused_alone_and_beside_a_public_one(bird: Canary, address: str) -> None:
    names = {"alone.example": [[address]], "first.example": [[address, PUBLIC]], "last.example": [[PUBLIC, address]]}
    with fetching(allowed=(), look_up=WrittenAnswers(names)) as it:
        for host in names:
            with pytest.raises(FetchRefused, match="an address of its host"):
                it.fetch(f"https://{host}:{bird.port}/")
    assert bird.connections() == 0


def test_f15_a_fetch_connects_to_the_address_that_was_checked_whatever_the_name_means_next(
    authority: Authority, certificate: Path
) -> None:
    look_up = WrittenAnswers({"app.example": [["127.0.0.2"], ["127.0.0.1"]]})
    say = saying(answer(b"[]"))
    with (
        https_peer(certificate, say, address="127.0.0.2") as checked,
        https_peer(certificate, say, port=checked.port) as inner,
        fetching(ca_file=authority.ca_file, allowed=("127.0.0.2",), look_up=look_up) as it,
    ):
        uri = checked.url(host="app.example")
        assert it.fetch(uri).body == b"[]"
        assert (look_up.looked_up, checked.connections) == (["app.example"], 1)
        it.clock.now += 60
        with pytest.raises(FetchRefused, match="is loopback"):
            it.fetch(uri)
        assert (checked.connections, inner.connections) == (1, 0)
    assert checked.server_names == ["app.example"]
    assert checked.headers()["host"] == f"app.example:{checked.port}"


@pytest.mark.parametrize("port", [1, 22, 25, 80, 1000, 1023])
def test_f15_a_port_of_the_system_is_refused(port: int) -> None:
    with fetching() as it, pytest.raises(FetchRefused, match="port that is not allowed"):
        it.fetch(f"https://localhost:{port}/")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_f15_no_redirect_is_followed(authority: Authority, certificate: Path, bird: Canary, status: int) -> None:
    message = answer(b"", f"Location: https://localhost:{bird.port}/", status=f"{status} Elsewhere")
    with (
        https_peer(certificate, saying(message)) as peer,
        fetching(ca_file=authority.ca_file) as it,
        pytest.raises(FetchFailed, match=f"status {status}"),
    ):
        it.fetch(peer.url())
    assert (bird.connections(), len(peer.requests)) == (0, 1)


def test_f15_no_proxy_of_the_environment_is_used(
    authority: Authority, peer: HttpsPeer, bird: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{bird.port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with fetching(ca_file=authority.ca_file) as it:
        assert it.fetch(peer.url()).body == b'["a"]'
    assert bird.connections() == 0


def test_f15_what_is_told_of_a_refusal_holds_the_host_and_the_reason_alone(peer: HttpsPeer) -> None:
    planted = peer.url("/planted-path?planted=query")
    with fetching(allowed=()) as refusing, pytest.raises(FetchRefused):
        refusing.fetch(planted)
    with fetching() as distrusting, pytest.raises(FetchFailed):
        distrusting.fetch(planted)
    for told in (refusing.events.events, distrusting.events.events):
        assert [sorted(facts) for _, facts in told] == [["host", "reason"]]
        assert "planted" not in repr(told)
