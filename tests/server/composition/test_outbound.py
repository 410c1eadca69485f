"""The settings of fetching, in the server that is opened with them."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyfob_server.composition.outbound import open_fetcher
from keyfob_server.observability.events import LogEvents
from keyfob_server.outbound.exchange import CaFileUnusable
from keyfob_server.ports.fetching import Fetched, FetchFailed, FetchRefused
from keyfob_server.settings import load_settings
from keyfob_server.settings.outbound_settings import OutboundSettings
from support_app import running_keyfob
from support_https_peer import Authority, HttpsPeer
from support_settings import BASE, problems_of, written

Log = pytest.LogCaptureFixture


def fetched(settings: OutboundSettings, uri: str) -> Fetched:
    async def fetch() -> Fetched:
        fetcher = open_fetcher(settings, LogEvents())
        try:
            return await fetcher.fetch(uri)
        finally:
            await fetcher.close()

    return asyncio.run(fetch())


def test_nothing_of_this_machine_is_fetched_by_default(peer: HttpsPeer) -> None:
    with pytest.raises(FetchRefused, match="is loopback"):
        fetched(OutboundSettings(), peer.url())
    assert peer.connections == 0


def test_an_allowed_network_with_its_own_authority_is_fetched_from(
    tmp_path: Path, authority: Authority, peer: HttpsPeer
) -> None:
    text = f"[outbound]\nallowed_addresses = ['127.0.0.0/8', '::1']\nca_file = {json.dumps(str(authority.ca_file))}\n"
    settings = load_settings(written(tmp_path, BASE + text), {})
    assert fetched(settings.outbound, peer.url()).body == b'["a"]'


def test_an_allowed_network_alone_brings_no_trust(peer: HttpsPeer) -> None:
    with pytest.raises(FetchFailed, match="certificate is not accepted"):
        fetched(OutboundSettings(allowed_addresses=("127.0.0.0/8", "::1")), peer.url())


def test_only_the_allowed_ports_are_fetched_from(peer: HttpsPeer) -> None:
    with pytest.raises(FetchRefused, match="port that is not allowed"):
        fetched(OutboundSettings(allowed_addresses=("127.0.0.0/8",), allowed_ports=("443",)), peer.url())


def test_a_relative_file_of_authorities_lies_beside_the_configuration(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "[outbound]\nca_file = 'ca.pem'\n")
    assert load_settings(path, {}).outbound.ca_file == tmp_path / "ca.pem"


def test_a_file_of_authorities_that_cannot_be_read_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(CaFileUnusable, match="cannot read certificates"):
        open_fetcher(OutboundSettings(ca_file=tmp_path / "missing.pem"), LogEvents())


def test_a_mistaken_network_or_port_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "[outbound]\nallowed_addresses = ['10.1.0.1/16']\nallowed_ports = ['https']\n")
    network = "must be a network such as 10.1.0.0/16, without bits beyond its length, not '10.1.0.1/16'"
    port = "must be a port such as 443 or some such as 1024-65535, not 'https'"
    assert problems_of(path) == [
        f"{path}:3: outbound.allowed_addresses: {network}",
        f"{path}:4: outbound.allowed_ports: {port}",
    ]


@pytest.fixture
def told(caplog: Log) -> Iterator[Log]:
    with caplog.at_level("INFO", logger="keyfob.events"):
        yield caplog


def test_the_running_server_has_a_fetcher_that_tells_its_refusals(tmp_path: Path, peer: HttpsPeer, told: Log) -> None:
    with running_keyfob(tmp_path) as keyfob, pytest.raises(FetchRefused):
        keyfob.run(keyfob.installation.services.fetcher.fetch(peer.url()))
    facts = [getattr(record, "facts", None) for record in told.records if record.getMessage() == "fetch.refused"]
    assert facts == [{"host": "localhost", "reason": "an address of its host is loopback"}]
    assert peer.connections == 0
