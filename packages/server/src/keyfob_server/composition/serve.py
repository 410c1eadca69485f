"""From settings to a running process."""

import asyncio
import gc
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from keyfob_server.composition.admin_client import admin_address
from keyfob_server.composition.administration import database
from keyfob_server.composition.demo import (
    DEMO_ACCOUNT,
    DemoFolder,
    DemoRefused,
    demo_settings,
    prepare_folder,
    seed,
    write_config,
)
from keyfob_server.composition.server import (
    OpenInstallation,
    Serving,
    admin_listener_app,
    open_installation,
    public_app,
)
from keyfob_server.composition.tls import live_certificate
from keyfob_server.composition.workers import run_workers
from keyfob_server.crypto.certificates import prepare_local_certificates
from keyfob_server.crypto.known_passwords import PasswordListUnusable
from keyfob_server.crypto.roots import KeyFileUnusable
from keyfob_server.crypto.signing_keys import SigningKeyUnusable
from keyfob_server.jobs.schedule import running
from keyfob_server.observability.clock import SystemClock
from keyfob_server.observability.logging import configure_logging
from keyfob_server.outbound.exchange import CaFileUnusable
from keyfob_server.ports.certificates import CertificateUnusable
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.settings import Settings
from keyfob_server.settings.base_url import bracketed, is_loopback
from keyfob_server.storage.databases import database_of
from keyfob_server.storage.migrate import MigrationFailed
from keyfob_server.web.asgi import AsgiApp
from keyfob_server.web.listeners import Listeners, PortUnusable, bind
from keyfob_server.web.loopback import without_transport_security
from keyfob_server.web.pages.render import DemoAccount
from keyfob_server.web.tls import LiveCertificate

_log = logging.getLogger(__name__)


class OneProcessOnly(Exception):
    """The database serves one process; the text is one line that says why."""


START_REFUSALS = (
    CaFileUnusable,
    CertificateUnusable,
    DemoRefused,
    KeyFileUnusable,
    MigrationFailed,
    OneProcessOnly,
    PasswordListUnusable,
    PortUnusable,
    SigningKeyUnusable,
    StorageUnavailable,
)
"""Why a server does not start: each says so in one line."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a person at the terminal wants to know."""

    base_url: str
    issuer: str
    admin_url: str


@dataclass(frozen=True, slots=True)
class _Demo:
    account: DemoAccount
    prepare: Callable[[OpenInstallation], Awaitable[None]]


def serve(settings: Settings, *, workers: int = 1, on_ready: Callable[[Started], None]) -> None:
    """Serve until SIGTERM or SIGINT. Raises what `open_installation` raises, PortUnusable, CertificateUnusable,
    OneProcessOnly, WorkerFailed.
    """
    place = database(settings)
    if workers > 1 and place.one_process:
        raise OneProcessOnly(place.one_process)
    configure_logging(settings.log_level)
    certificate = live_certificate(settings)
    with place.sole_server():
        public, admin = bind(settings.host, settings.port), bind(settings.admin_host, settings.admin_port)
        settings = replace(settings, admin_port=admin.getsockname()[1])

        def work(number: int, ready: Callable[[], None]) -> None:
            # the jobs of one process do for all
            jobs = number == 0
            uvloop.run(_run(settings, public, admin, certificate, on_ready=ready, demo=None, jobs=jobs))

        def tell() -> None:
            on_ready(_started(settings))

        if workers == 1:
            work(0, tell)
        else:
            run_workers(workers, work, on_ready=tell)


def serve_demo(
    data_dir: Path,
    *,
    host: str,
    port: int,
    admin_port: int,
    base_url: str | None,
    tls: bool,
    database_url: str | None = None,
    on_ready: Callable[[Started, DemoFolder], None],
) -> None:
    """As `serve`, with the demo's data. Raises DemoRefused as well. Logs go to a file in the data folder."""
    # A host that others can reach is refused before anything is made.
    demo_settings(DemoFolder(data_dir), host=host, port=port, admin_port=admin_port, base_url=base_url, tls=tls)
    with ExitStack() as opened:
        with _data_folder(data_dir):
            folder = prepare_folder(data_dir)
            opened.enter_context(database_of(database_url or folder.database_url).sole_server())
            public, admin = _bind_remembering(host, port, folder), bind(host, admin_port)
            settings = demo_settings(
                folder,
                host=host,
                port=public.getsockname()[1],
                admin_port=admin.getsockname()[1],
                base_url=base_url,
                tls=tls,
                database_url=database_url,
            )
            if tls:
                prepare_local_certificates(folder.path, now=SystemClock().now())
            write_config(folder, settings)
            log = opened.enter_context(folder.log_file.open("a"))
        configure_logging(settings.log_level, log)
        uvloop.run(
            _run(
                settings,
                public,
                admin,
                live_certificate(settings),
                on_ready=lambda: on_ready(_started(settings), folder),
                demo=_Demo(DEMO_ACCOUNT, seed),
            )
        )


@contextmanager
def _data_folder(path: Path) -> Iterator[None]:
    """What the demo writes there works, or DemoRefused says what does not."""
    try:
        yield
    except OSError as error:
        raise DemoRefused(f"cannot use the data folder {path}: {error.filename}: {error.strerror}") from error


def _bind_remembering(host: str, port: int, folder: DemoFolder) -> socket.socket:
    """Port 0 means the one that was picked before, if it is free, so that the issuer stays the same."""
    if port:
        return bind(host, port)
    try:
        bound = bind(host, folder.remembered_port())
    except PortUnusable:
        bound = bind(host, 0)
    folder.remember_port(bound.getsockname()[1])
    return bound


def _admin_url(settings: Settings) -> str:
    address = admin_address(settings)
    # without pages there is health still
    base = address.base_url if address else f"http://{bracketed(settings.admin_host)}:{settings.admin_port}"
    return f"{base}/admin"


def _started(settings: Settings) -> Started:
    return Started(base_url=settings.base_url, issuer=settings.policy.issuer, admin_url=_admin_url(settings))


def _at(url: str, app: AsgiApp) -> AsgiApp:
    parts = urlsplit(url)
    return without_transport_security(app) if parts.scheme == "https" and is_loopback(parts.hostname or "") else app


def _leave_what_stays_to_itself() -> None:
    """What a server is made of lives as long as it does: the collector need not look at it with every few requests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 10, 10)


async def _run(
    settings: Settings,
    public: socket.socket,
    admin: socket.socket,
    certificate: LiveCertificate | None,
    *,
    on_ready: Callable[[], None],
    demo: _Demo | None,
    jobs: bool = True,
) -> None:
    installation = await open_installation(settings)
    try:
        if certificate is not None and demo is None:
            # The demo dies with the terminal that it was started in; a service has none, and is told to read again.
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, certificate.reload)
        if demo is not None:
            await demo.prepare(installation)
        serving = Serving()
        account = demo.account if demo else None
        started = _started(settings)
        app = public_app(installation.services, demo=account, reads_at_once=installation.store.reads_at_once)
        listeners = Listeners(
            (_at(started.base_url, app), public),
            (_at(started.admin_url, admin_listener_app(installation, serving, demo=account)), admin),
            certificate,
            drain_s=settings.drain_s,
        )
        if warning := database(settings).warning:
            _log.warning(warning)
        _leave_what_stays_to_itself()
        async with installation.key_watch.watching(), running(installation.jobs if jobs else ()):
            await listeners.serve(on_ready=on_ready, on_stopping=serving.stop)
    finally:
        await installation.close()
