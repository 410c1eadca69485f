"""Where the server of a test keeps its facts: a file, or with KEYFOB_TEST_DATABASE=postgresql a database there."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from keyfob_server.composition.administration import open_store
from keyfob_server.composition.demo import DemoFolder, demo_settings, prepare_folder
from keyfob_server.composition.keys import load_roots
from keyfob_server.composition.server import OpenInstallation, open_installation
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.crypto.signing_keys import generate_signing_key, rewrapped
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.settings import Settings
from support_callers import unhurried
from support_clock import Clock
from support_engines import Postgresql, put_migrated
from support_sql import ON_POSTGRESQL, place_of
from support_wire import BASE, PORT


async def open_in(folder: Path, policy: Policy | None, clock: Clock) -> OpenInstallation:
    """As `settings_in` says."""
    settings = settings_in(folder, policy)
    await _put_rsa_key(settings, now=clock())
    return await open_installation(settings, clock=clock)


def settings_in(folder: Path, policy: Policy | None) -> Settings:
    """The demo's; `policy` replaces the demo's."""
    demo, url = prepare_folder(folder), None
    if ON_POSTGRESQL:
        url = Postgresql().create(folder)
    else:
        put_migrated(demo.database)
    settings = demo_settings(demo, host="127.0.0.1", port=PORT, admin_port=6749, base_url=BASE, database_url=url)
    return replace(settings, policy=unhurried(policy or settings.policy))


@cache
def _made_before() -> tuple[SigningKeyRecord, Roots]:
    entropy = SystemEntropy()
    roots = create_roots(entropy)
    return generate_signing_key("RS256", roots, entropy=entropy, created=0, signs_from=0), roots


async def _put_rsa_key(settings: Settings, *, now: int) -> None:
    """As the first start makes one; but looking for large primes once is enough for all the servers of a test run."""
    store = await open_store(settings)
    try:
        if not await store.list_signing_keys():
            record, roots = _made_before()
            ours = rewrapped(record, roots, load_roots(settings), entropy=SystemEntropy())
            await store.add_first_signing_key(replace(ours, created=now, signs_from=now))
    finally:
        await store.close()


def database_of(settings: Settings) -> Path:
    """What `support_sql` calls it."""
    if ON_POSTGRESQL:
        return place_of(settings.database_url.partition("@/")[2].partition("?")[0])
    return DemoFolder(settings.key_file.parent).database
