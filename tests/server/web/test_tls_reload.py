"""A certificate that is changed while the server runs."""

import asyncio
import logging
import shutil
import ssl
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
import uvloop

from keyfob_server.ports.certificates import CertificateFiles, CertificateUnusable
from keyfob_server.web import tls
from keyfob_server.web.tls import LiveCertificate
from support_byte_stream import request
from support_certificates import certificates, trusting
from support_listeners import PATIENCE_S, Connect, Streams, echo, eventually, listening

Run = Callable[[Coroutine[object, object, None]], object]
both = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "LOOK_S", 0.02)


class Files:
    """The files that the server reads, and two pairs to put there."""

    def __init__(self, folder: Path) -> None:
        self.first, self.second = certificates(folder / "first"), certificates(folder / "second")
        self.used = CertificateFiles(folder / "used.pem", folder / "used.key")
        self.put(self.first.server)
        self.trust = trusting(self.first.authority, self.second.authority)

    def put(self, pair: CertificateFiles) -> None:
        shutil.copy(pair.key, self.used.key)
        shutil.copy(pair.certificate, self.used.certificate)

    def live(self, check: Callable[[CertificateFiles], None] = lambda _files: None) -> LiveCertificate:
        return LiveCertificate(self.used, check)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


async def answered(streams: Streams) -> None:
    reader, writer = streams
    writer.write(request("GET", "/"))
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")


async def issuer_at(connect: Connect, trust: ssl.SSLContext) -> str:
    """Who signed the certificate that a new connection is shown."""
    streams = await connect(trust)
    await answered(streams)
    return issuer_of(streams)


def issuer_of(streams: Streams) -> str:
    ((_, name),) = streams[1].get_extra_info("peercert")["issuer"][0]
    return str(name)


async def until_another(connect: Connect, trust: ssl.SSLContext, issuer: str) -> None:
    """New connections come to be signed by somebody else than `issuer`."""

    async def holds() -> bool:
        return await issuer_at(connect, trust) != issuer

    await eventually(holds)


@both
def test_new_connections_get_a_changed_certificate_and_one_under_way_goes_on(run: Run, files: Files) -> None:
    async def scenario() -> None:
        async with listening(echo, files.live()) as connect:
            under_way = await connect(files.trust)
            await answered(under_way)
            before = issuer_of(under_way)
            files.put(files.second.server)
            await until_another(connect, files.trust, before)
            await answered(under_way)
            assert issuer_of(under_way) == before

    run(scenario())


@both
def test_a_client_that_names_no_server_gets_the_changed_one_too(run: Run, files: Files) -> None:
    files.trust.check_hostname = False

    async def scenario() -> None:
        live = files.live()
        async with listening(echo, live) as connect:
            before = await issuer_at(connect, files.trust)
            files.put(files.second.server)
            live.reload()
            _, writer = await connect()
            await writer.start_tls(files.trust)
            ((_, issuer),) = writer.get_extra_info("peercert")["issuer"][0]
            assert issuer != before

    run(scenario())


def put_broken(files: Files) -> None:
    files.used.certificate.write_text("nonsense")


def put_another_key(files: Files) -> None:
    shutil.copy(files.second.server.key, files.used.key)


def put_nothing(files: Files) -> None:
    files.used.certificate.unlink()


@pytest.mark.parametrize("spoil", [put_broken, put_another_key, put_nothing])
def test_files_that_cannot_be_used_keep_the_old_certificate_and_are_told_once(
    files: Files, spoil: Callable[[Files], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "keyfob_server.web.tls")

    async def told() -> bool:
        return bool(caplog.records)

    async def scenario() -> None:
        async with listening(echo, files.live()) as connect:
            before = await issuer_at(connect, files.trust)
            spoil(files)
            await eventually(told)
            # many looks later
            for _ in range(20):
                assert await issuer_at(connect, files.trust) == before
                await asyncio.sleep(tls.LOOK_S)
            assert len(caplog.records) == 1
            files.put(files.second.server)
            await until_another(connect, files.trust, before)

    asyncio.run(scenario())
    assert [record.getMessage() for record in caplog.records] == ["certificate not changed"]


def test_a_certificate_that_is_judged_bad_is_not_taken(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    bad = False

    def check(used: CertificateFiles) -> None:
        if bad:
            raise CertificateUnusable("tls_certificate", f"{used.certificate} expired on 2020-01-01")

    live = files.live(check)
    bad = True

    async def scenario() -> None:
        async with listening(echo, live) as connect:
            before = await issuer_at(connect, files.trust)
            files.put(files.second.server)
            live.reload()
            assert await issuer_at(connect, files.trust) == before

    asyncio.run(scenario())
    (record,) = [one for one in caplog.records if one.name == "keyfob_server.web.tls"]
    problem = f"tls_certificate: {files.used.certificate} expired on 2020-01-01"
    assert record.__dict__["facts"] == {"problem": problem}


def test_a_link_that_leads_to_another_certificate_is_a_change(files: Files) -> None:
    for path, target in ((files.used.certificate, "first/tls.pem"), (files.used.key, "first/tls.key")):
        path.unlink()
        path.symlink_to(target)

    async def scenario() -> None:
        async with listening(echo, files.live()) as connect:
            before = await issuer_at(connect, files.trust)
            for path, target in ((files.used.certificate, "second/tls.pem"), (files.used.key, "second/tls.key")):
                path.unlink()
                path.symlink_to(target)
            await until_another(connect, files.trust, before)

    asyncio.run(scenario())
