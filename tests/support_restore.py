"""A backup of a running server's database, and what is done with it later."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from keyfob_server.composition.demo import demo_settings, prepare_folder
from keyfob_server.composition.restore import RestoreDeclared, declare_restore
from keyfob_server.settings import Settings
from support_app import BASE, PORT, Browser, Instance, Keyfob, Pkce, Tokens
from support_engines import put_migrated
from support_keys import ACT


@dataclass(frozen=True, slots=True)
class Held:
    """What an app and a person's browser hold."""

    instance: Instance
    tokens: Tokens
    browser: Browser
    code: str
    pkce: Pkce
    initial_token: str

    @property
    def registration_token(self) -> str:
        return str(self.instance.document["registration_access_token"])


def hold_one_of_each(keyfob: Keyfob) -> Held:
    browser, pkce = keyfob.browser(), Pkce()
    instance = keyfob.new_instance(browser)
    tokens = keyfob.tokens(instance, browser)
    code = keyfob.code_for(instance, browser, pkce)
    return Held(instance, tokens, browser, code, pkce, keyfob.initial_token())


def settings_in(folder: Path) -> Settings:
    demo = prepare_folder(folder)
    put_migrated(demo.database)
    return demo_settings(demo, host="127.0.0.1", port=PORT, admin_port=0, base_url=BASE)


def back_up(database: Path, copy: Path) -> None:
    """As the documents say to copy a database that is in use."""
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def restore(copy: Path, database: Path) -> None:
    """With the server stopped."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(copy, database)


def declare(settings: Settings) -> RestoreDeclared:
    return declare_restore(settings, ACT)
