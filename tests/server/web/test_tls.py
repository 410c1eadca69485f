"""TLS on the listeners, on both event loops that they can run on."""

import asyncio
import logging
import ssl
import warnings
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
import uvloop

from keyfob_server.ports.certificates import CertificateFiles, CertificateUnusable
from keyfob_server.web import connection, tls
from keyfob_server.web.tls import LiveCertificate, server_context
from support_byte_stream import request
from support_certificates import certificates, trusting
from support_listeners import PATIENCE_S, Streams, echo, listening

Run = Callable[[Coroutine[object, object, object]], object]
REFUSED = (ssl.SSLError, ConnectionResetError)
both = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@pytest.fixture
def live(tmp_path: Path) -> LiveCertificate:
    return LiveCertificate(certificates(tmp_path / "tls").server, lambda _files: None)


@pytest.fixture
def trust(tmp_path: Path) -> ssl.SSLContext:
    return trusting(certificates(tmp_path / "tls").authority)


async def ask(streams: Streams) -> bytes:
    """The head of the answer to a small request."""
    reader, writer = streams
    writer.write(request("GET", "/"))
    return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)


def serial(streams: Streams) -> str:
    """Of the certificate that this connection was begun with."""
    certificate = streams[1].get_extra_info("peercert")
    return str(certificate["serialNumber"])


@both
def test_https_is_answered_with_tls_1_3_and_http_1_1(run: Run, live: LiveCertificate, trust: ssl.SSLContext) -> None:
    trust.set_alpn_protocols(["h2", "http/1.1"])

    async def scenario() -> None:
        async with listening(echo, live) as connect:
            streams = await connect(trust)
            spoken = streams[1].get_extra_info("ssl_object")
            assert (spoken.version(), spoken.selected_alpn_protocol()) == ("TLSv1.3", "http/1.1")
            assert (await ask(streams)).startswith(b"HTTP/1.1 200 OK\r\n")

    run(scenario())


@both
@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"], ids=["silence", "half a hello"])
def test_k5_a_handshake_that_does_not_end_is_ended(
    run: Run, live: LiveCertificate, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_S", 0.2)

    async def scenario() -> bytes:
        async with listening(echo, live) as connect:
            reader, writer = await connect()
            writer.write(begun)
            try:
                return await asyncio.wait_for(reader.read(), PATIENCE_S)
            except ConnectionResetError:
                return b""

    assert run(scenario()) == b""


def test_k5_the_time_of_a_handshake_is_less_than_15_seconds() -> None:
    assert tls.HANDSHAKE_S + tls.GOODBYE_S <= 15


@both
def test_bytes_of_a_handshake_that_drip_in_win_no_time(
    run: Run, live: LiveCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_S", 0.2)

    async def scenario() -> None:
        async with listening(echo, live) as connect:
            reader, writer = await connect()
            writer.write(b"\x16\x03\x01\x20\x00\x01\x00\x1f\xfc")
            reading = asyncio.create_task(reader.read())
            while not reading.done():
                writer.write(b"x")
                await asyncio.wait([reading], timeout=0.01)
            assert isinstance(reading.exception(), ConnectionResetError) or reading.result() == b""

    run(scenario())


@both
def test_a_request_that_stays_incomplete_is_408_under_tls_too(
    run: Run, live: LiveCertificate, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "READ_S", 0.2)

    async def scenario() -> object:
        async with listening(echo, live) as connect:
            reader, writer = await connect(trust)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
            return await asyncio.wait_for(reader.read(), PATIENCE_S)

    said = run(scenario())
    assert isinstance(said, bytes)
    assert said.startswith(b"HTTP/1.1 408 Request Timeout\r\n")


@both
def test_k5_a_head_without_an_end_is_431_under_tls_too(run: Run, live: LiveCertificate, trust: ssl.SSLContext) -> None:
    async def scenario() -> object:
        async with listening(echo, live) as connect:
            reader, writer = await connect(trust)
            writer.write(b"GET /".ljust(connection.MAX_HEAD_BYTES, b"x"))
            writer.write(b"x")
            return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)

    said = run(scenario())
    assert isinstance(said, bytes)
    assert said.startswith(b"HTTP/1.1 431 ")


@both
def test_k10_plain_http_is_not_answered_and_the_next_client_is(
    run: Run, live: LiveCertificate, trust: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    async def scenario() -> None:
        async with listening(echo, live) as connect:
            reader, writer = await connect()
            writer.write(request("GET", "/"))
            try:
                said = await asyncio.wait_for(reader.read(), PATIENCE_S)
            except ConnectionResetError:
                said = b""
            assert b"HTTP/" not in said
            assert (await ask(await connect(trust))).startswith(b"HTTP/1.1 200 OK\r\n")

    run(scenario())
    assert caplog.records == []


def of_version(trust: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A side that speaks nothing else, and would speak it with anybody."""
    trust.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        trust.minimum_version = trust.maximum_version = version
    return trust


@both
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_k10_tls_1_1_is_refused_by_the_server(
    run: Run, live: LiveCertificate, trust: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    old = of_version(trust, version)

    async def scenario() -> None:
        async with listening(echo, live) as connect:
            # The loop closes the connection before the alert that says why has left.
            with pytest.raises(REFUSED):
                await connect(old)
            of_version(live.context, version)
            assert (await ask(await connect(old))).startswith(b"HTTP/1.1 200 OK\r\n")

    run(scenario())


@both
@pytest.mark.parametrize(("ciphers", "taken"), [("ECDHE+AESGCM", True), ("ECDHE+AES:!AESGCM:!AESCCM", False)])
def test_tls_1_2_is_spoken_with_authenticated_encryption_alone(
    run: Run, live: LiveCertificate, trust: ssl.SSLContext, ciphers: str, *, taken: bool
) -> None:
    old = of_version(trust, ssl.TLSVersion.TLSv1_2)
    old.set_ciphers(ciphers)

    async def scenario() -> None:
        async with listening(echo, live) as connect:
            if taken:
                assert (await ask(await connect(old))).startswith(b"HTTP/1.1 200 OK\r\n")
            else:
                with pytest.raises(REFUSED):
                    await connect(old)

    run(scenario())


def test_files_that_openssl_cannot_use_are_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(CertificateUnusable, match=r"tls_certificate: .*/tls\.pem cannot be used: No such file"):
        server_context(CertificateFiles(tmp_path / "tls.pem", tmp_path / "tls.key"))
