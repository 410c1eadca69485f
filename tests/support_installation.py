"""Where the server of a test keeps its facts: a file, or with KEYFOB_TEST_DATABASE=postgresql a database there."""

from dataclasses import replace
from pathlib import Path

from keyfob_server.composition.demo import DemoFolder, demo_settings, prepare_folder
from keyfob_server.rules.policy import Policy
from keyfob_server.settings import Settings
from support_callers import unhurried
from support_engines import Postgresql, put_migrated
from support_sql import ON_POSTGRESQL, place_of
from support_wire import BASE, PORT


def settings_in(folder: Path, policy: Policy | None) -> Settings:
    """The demo's; `policy` replaces the demo's."""
    demo, url = prepare_folder(folder), None
    if ON_POSTGRESQL:
        url = Postgresql().create(folder)
    else:
        put_migrated(demo.database)
    settings = demo_settings(demo, host="127.0.0.1", port=PORT, admin_port=6749, base_url=BASE, database_url=url)
    return replace(settings, policy=unhurried(policy or settings.policy))


def database_of(settings: Settings) -> Path:
    """What `support_sql` calls it."""
    if ON_POSTGRESQL:
        return place_of(settings.database_url.partition("@/")[2].partition("?")[0])
    return DemoFolder(settings.key_file.parent).database
