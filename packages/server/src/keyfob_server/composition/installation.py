"""A new installation: folder, settings, root keys, database and the first administrator."""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from keyfob_server.composition.administration import Administration, administer, database, migrate_database
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.key_file import write_roots
from keyfob_server.crypto.roots import KeyFileUnusable, create_roots
from keyfob_server.endpoints.administration import AccountAdded, add_account
from keyfob_server.rules.accounts import NewAccount
from keyfob_server.settings import Settings, load_settings
from keyfob_server.settings.base_url import check_base_url, is_loopback

CONFIG_FILE = "keyfob.toml"
ADMINISTRATOR = "admin"
# 32 characters, without those that look alike.
_ALPHABET = "abcdefghjkmnopqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 5
_TOLERATED = frozenset({"lost+found"})


class InstallationRefused(Exception):
    """Something is there already, or cannot be made; the text is one line, and nothing is left behind."""


@dataclass(frozen=True, slots=True)
class Installation:
    settings: Settings
    config_file: Path
    database: str
    """What to call it."""
    files: tuple[Path, ...]
    """What lies on this machine because of it; the first is the database itself."""
    user_name: str
    password: str = field(repr=False)


def install(data_dir: Path, base_url: str, environ: Mapping[str, str]) -> Installation:
    """Make it in a new or empty folder. Raises InstallationRefused, SettingsError, StorageUnavailable.

    `environ` may move the database or bring the keys, as it will for the server. A ValueError says what is wrong with
    `base_url`.
    """
    check_base_url(base_url)
    folder = data_dir.absolute()
    config_file = folder / CONFIG_FILE
    with ExitStack() as undo:
        try:
            _prepare(folder, undo)
            undo.callback(config_file.unlink, missing_ok=True)
            with config_file.open("x", encoding="utf-8") as file:
                file.write(_config(base_url))
        except OSError as error:
            raise InstallationRefused(f"{error.filename}: {error.strerror}") from error
        settings = load_settings(config_file, environ)
        password = _fill(settings, undo)
        undo.pop_all()
    place = database(settings)
    return Installation(settings, config_file, place.name, place.files, ADMINISTRATOR, password)


def _prepare(folder: Path, undo: ExitStack) -> None:
    """The folder, for its owner alone. Raises InstallationRefused, OSError."""
    if folder.exists():
        if not folder.is_dir():
            raise InstallationRefused(f"{folder} is no folder")
        if found := sorted({entry.name for entry in folder.iterdir()} - _TOLERATED):
            raise InstallationRefused(f"{folder} is not empty (it holds {found[0]!a}); nothing was changed")
    else:
        folder.mkdir(mode=0o700, parents=True)
        undo.callback(folder.rmdir)
    folder.chmod(0o700)


def _fill(settings: Settings, undo: ExitStack) -> str:
    """Keys, database, administrator; the administrator's password."""
    if not settings.key_text:
        try:
            write_roots(settings.key_file, create_roots(SystemEntropy()))
        except KeyFileUnusable as error:
            raise InstallationRefused(str(error)) from error
        undo.callback(settings.key_file.unlink, missing_ok=True)
    place = database(settings)
    if asyncio.run(place.exists()):
        raise InstallationRefused(f"{place.name} holds an installation already; nothing was changed")
    for file in place.files:
        undo.callback(file.unlink, missing_ok=True)
    migrate_database(settings)
    password = _random_password()

    async def add(administration: Administration) -> AccountAdded | object:
        new = NewAccount(user_name=ADMINISTRATOR, password=password, name="Administrator", roles=("owner",))
        return await add_account(
            administration.store,
            administration.passwords,
            new,
            account_id=administration.new_account_id(),
            now=await administration.now(),
        )

    if not isinstance(administer(settings, add), AccountAdded):
        raise InstallationRefused(f"the account {ADMINISTRATOR} cannot be added")
    return password


def _random_password() -> str:
    """25 characters of 5 bits each, in groups that a person can copy."""
    letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in SystemEntropy().bytes(_GROUPS * _GROUP)]
    return "-".join("".join(letters[start : start + _GROUP]) for start in range(0, len(letters), _GROUP))


def _config(base_url: str) -> str:
    address = urlsplit(base_url)
    # A loopback address is the listener's own; a public one belongs to the proxy in front.
    port = address.port if address.port and is_loopback(address.hostname or "") else 8443
    lines = (
        "# The settings of this installation. docs/reference/settings.md lists them all; check them with",
        "# `keyfob check-config`. Relative paths start at this file's folder.",
        f'base_url = "{base_url}"',
        f"port = {port}",
        'database_url = "sqlite:///keyfob.db"',
        'key_file = "keyfob.keys"',
        "",
        "# The public client that the app is shipped with. While it has no redirect URIs, nobody can register.",
        "[registration_client]",
        "redirect_uris = []  # such as com.example.app:/callback",
    )
    return "\n".join(lines) + "\n"
