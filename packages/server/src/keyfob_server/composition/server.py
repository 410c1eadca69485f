"""A running server, wired."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from keyfob_server.composition.admin_client import admin_address, put_admin_client
from keyfob_server.composition.devices_client import put_devices_client
from keyfob_server.composition.key_making import SettingsKeyMaker
from keyfob_server.composition.key_watch import KeyWatch, StoredKeys
from keyfob_server.composition.keys import load_incarnation, load_restored_at, load_roots, load_signing_keys
from keyfob_server.composition.outbound import open_fetcher
from keyfob_server.composition.template_documents import SettingsTemplateDocuments
from keyfob_server.crypto.argon2 import ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.known_passwords import KnownPasswords
from keyfob_server.crypto.live_keys import (
    LiveKeys,
    LiveRefreshTokens,
    LiveSealer,
    LiveSecretHasher,
    LiveSigner,
    RootKeys,
    root_keys_of,
)
from keyfob_server.crypto.pairwise import HmacPairwiseSubjects
from keyfob_server.crypto.pepper import PepperedPasswords
from keyfob_server.crypto.roots import Roots
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.services import Services
from keyfob_server.jobs.schedule import Job
from keyfob_server.jobs.table import jobs_of
from keyfob_server.limiting.memory import MemoryRateLimiter
from keyfob_server.observability.clock import SystemClock
from keyfob_server.observability.events import LogEvents
from keyfob_server.outbound.fetch import GuardedFetcher
from keyfob_server.ports.storage import Store
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.limits import SECOND
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import RETIRED
from keyfob_server.rules.registration_client import registration_client
from keyfob_server.settings import Settings
from keyfob_server.storage.databases import Database, database_of
from keyfob_server.web.address import AddressReader
from keyfob_server.web.admin.app import admin_app
from keyfob_server.web.admin.health import HealthEndpoints
from keyfob_server.web.admin.off import health_app
from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.app import PublicApp
from keyfob_server.web.asgi import AsgiApp
from keyfob_server.web.headers import security_headers
from keyfob_server.web.limits import Limits
from keyfob_server.web.pages.app import page_paths, pages_app
from keyfob_server.web.pages.render import DemoAccount, Pages
from keyfob_server.web.routes import item_routes, plain_routes
from keyfob_server.web.write import raw

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenInstallation:
    """An opened database and the services over it."""

    settings: Settings
    database: Database
    store: Store
    services: Services
    passwords: ArgonPasswords
    key_watch: KeyWatch
    fetcher: GuardedFetcher

    @property
    def jobs(self) -> tuple[Job, ...]:
        return jobs_of(self.services, self.store.audit, self.store.sweeping, self.database)

    async def close(self) -> None:
        await self.services.background.finish()
        await self.fetcher.close()
        self.passwords.close()
        await self.store.close()


async def open_installation(settings: Settings, *, clock: Callable[[], int] | None = None) -> OpenInstallation:
    """Raises CaFileUnusable, KeyFileUnusable, MigrationFailed, PasswordListUnusable, SigningKeyUnusable,
    StorageUnavailable: one line each.

    `clock` stands in for the database's time, so that tests can travel.
    """
    entropy, node_clock, events = SystemEntropy(), SystemClock(), LogEvents()
    roots = load_roots(settings)
    known = KnownPasswords(settings.known_passwords)
    fetcher = open_fetcher(settings.outbound, events)
    database = database_of(settings.database_url, connections=settings.database_connections, serving=True)
    await database.migrate_if_needed()
    store = await database.open(clock=clock)
    try:
        ahead = max(settings.policy.key_publish_ahead_s, database.settling_s)
        policy = replace(settings.policy, key_publish_ahead_s=ahead)
        await _put_registration_client(store, policy, now=node_clock.now())
        await put_admin_client(store, settings, now=node_clock.now())
        await put_devices_client(store, policy, now=node_clock.now())
        key_watch = await _open_keys(settings, store, roots, entropy)
        keys = key_watch.keys
        passwords = ArgonPasswords(ArgonSettings(), entropy, known)
        services = Services(
            policy=policy,
            store=store,
            registrations=store,
            sessions=store,
            consents=store.consents,
            origins=store.origins,
            sign_in_failures=store.sign_in_failures,
            stored_settings=store.stored_settings,
            limiter=_limiter(policy, clock),
            initial_tokens=store.initial_tokens,
            grant_limits=store.grant_limits,
            devices=store.devices,
            watching=store.watching,
            registration_room=store.registration_room,
            sealer=LiveSealer(keys),
            hasher=LiveSecretHasher(keys),
            refresh_tokens=LiveRefreshTokens(keys),
            signer=LiveSigner(keys),
            passwords=PepperedPasswords(passwords, lambda: keys.root.peppers),
            pairwise=HmacPairwiseSubjects(roots),
            entropy=entropy,
            events=events,
            fetcher=fetcher,
            restored_at=await load_restored_at(store),
        )
    except BaseException:
        await store.close()
        raise
    return OpenInstallation(settings, database, store, services, passwords, key_watch, fetcher)


def _limiter(policy: Policy, clock: Callable[[], int] | None) -> MemoryRateLimiter:
    begun = clock() if clock else 0

    def now() -> int:
        travelled = clock() - begun if clock else 0
        return time.monotonic_ns() + travelled * SECOND

    return MemoryRateLimiter(now, max_keys=policy.limits.max_counters)


async def _open_keys(settings: Settings, store: Store, roots: Roots, entropy: Entropy) -> KeyWatch:
    """Raises SigningKeyUnusable, StorageUnavailable."""
    policy = settings.policy
    incarnation = await load_incarnation(store, entropy)

    def root_keys(present: Roots) -> RootKeys:
        return root_keys_of(present, issuer=policy.issuer, incarnation=incarnation, entropy=entropy)

    async def stored_keys() -> StoredKeys:
        return StoredKeys((await store.load()).now, tuple(await store.list_signing_keys()))

    loaded = await load_signing_keys(
        store,
        roots,
        now=(await store.load()).now,
        entropy=entropy,
        keep_published_s=policy.key_keep_published_s,
    )
    return KeyWatch(
        keys=LiveKeys(root_keys(roots), loaded.signing),
        key_file=None if settings.key_text else settings.key_file,
        read_stored=stored_keys,
        make_root_keys=root_keys,
        keep_published_s=policy.key_keep_published_s,
        seen_keys=loaded.records,
        opened=loaded.opened,
    )


async def _put_registration_client(store: Store, policy: Policy, *, now: int) -> None:
    """As the settings say; a status that somebody set stays. One that they do not name any more is switched off."""
    client = registration_client(policy.registration_client)
    await store.retire_registration_clients(but=client.client_id if client else None)
    if client is None:
        if not any(one.client.registration_client for one in await store.static_clients.list_clients()):
            _log.warning("no registration client: set registration_client.redirect_uris, or nobody can register")
        return
    known = (await store.load(client_id=client.client_id)).client
    if known is not None and known.status != RETIRED:
        client = replace(client, status=known.status)
    await store.put_static_client(client, now=now)


@dataclass(slots=True)
class Serving:
    """Whether new requests are welcome; turned off when the process is asked to stop."""

    on: bool = True

    def stop(self) -> None:
        self.on = False


def public_app(
    services: Services, *, demo: DemoAccount | None = None, limits: Limits | None = None, reads_at_once: bool = False
) -> PublicApp:
    """The app of the public listener. `reads_at_once`: as the store says of itself."""
    policy = services.policy
    limits = limits or Limits()
    pages = Pages(https=policy.base_url.startswith("https:"), demo=demo)
    return PublicApp(
        services=services,
        routes=plain_routes(policy, reads_at_once=reads_at_once),
        items=item_routes(policy),
        pages=pages_app(services, pages, limits),
        headers=raw(security_headers(https=pages.https)),
        limits=limits,
        page_paths=page_paths(policy),
        addresses=AddressReader(policy.trusted_proxies),
    )


def admin_listener_app(installation: OpenInstallation, serving: Serving, *, demo: DemoAccount | None = None) -> AsgiApp:
    address = admin_address(installation.settings)
    https = address.https if address else False
    pages = AdminPages(https=https, demo=demo)
    health = HealthEndpoints(
        https,
        installation.store.ping,
        is_serving=lambda: serving.on,
        keys_trouble=lambda: installation.key_watch.trouble,
    )
    if address is None:
        return health_app(pages, health)
    admin = AdminServices(
        installation.services,
        installation.store,
        SettingsKeyMaker(installation.settings),
        SettingsTemplateDocuments(),
        address,
    )
    return admin_app(admin, pages, health, Limits())
