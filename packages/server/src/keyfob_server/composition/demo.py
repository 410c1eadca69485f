"""Demo mode: a data folder that is made when it is missing, and the demo's accounts, client and template in it."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from keyfob_server.composition.configuration_acts import client_rules
from keyfob_server.composition.server import OpenInstallation
from keyfob_server.crypto.certificates import LocalCertificates
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.key_file import write_roots
from keyfob_server.crypto.private_file import write_private
from keyfob_server.crypto.roots import create_roots
from keyfob_server.demo.data import (
    ADMINISTRATOR,
    ISSUER,
    PASSWORD,
    TEMPLATE,
    USER_NAME,
    demo_accounts,
    demo_issuer,
    demo_policy,
    demo_template,
)
from keyfob_server.endpoints.static_clients import ClientTools, apply_client, new_client_secret
from keyfob_server.endpoints.templates import TemplateTools, apply_template
from keyfob_server.observability.clock import SystemClock
from keyfob_server.ports.world import Entropy
from keyfob_server.rules.acts import ITSELF
from keyfob_server.settings import Settings
from keyfob_server.settings.base_url import bracketed, check_base_url
from keyfob_server.settings.reference import toml
from keyfob_server.settings.settings import SQLITE
from keyfob_server.web.pages.render import DemoAccount

DEMO_ACCOUNT = DemoAccount(USER_NAME, PASSWORD, ADMINISTRATOR)
_CERTIFIED_HOSTS = ("localhost", "127.0.0.1", "::1")


class DemoRefused(Exception):
    """One line."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    path: Path

    @property
    def key_file(self) -> Path:
        return self.path / "keys.json"

    @property
    def database(self) -> Path:
        return self.path / "keyfob.db"

    @property
    def database_url(self) -> str:
        return f"{SQLITE}{self.database}"

    @property
    def log_file(self) -> Path:
        return self.path / "server.log"

    @property
    def config_file(self) -> Path:
        return self.path / "keyfob.toml"

    @property
    def issuer_secret_file(self) -> Path:
        return self.path / f"{ISSUER}.secret"

    @property
    def certificates(self) -> LocalCertificates:
        return LocalCertificates(self.path)

    def remembered_port(self) -> int:
        """The port that was picked before; 0 when none was."""
        file = self.path / "port"
        text = file.read_text().strip() if file.exists() else ""
        return int(text) if text.isdecimal() and len(text) <= 5 and int(text) < 65536 else 0  # noqa: PLR2004 - a port

    def remember_port(self, port: int) -> None:
        (self.path / "port").write_text(f"{port}\n")


def prepare_folder(path: Path) -> DemoFolder:
    """Make the folder and its key file when they are missing."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = DemoFolder(path.resolve())
    if not folder.key_file.exists():
        write_roots(folder.key_file, create_roots(SystemEntropy()))
    return folder


def _as_seen_from(folder: DemoFolder, url: str) -> str:
    """The folder may be moved with all that lies in it."""
    return url.replace(f"{folder.path}/", "", 1)


def demo_settings(
    folder: DemoFolder,
    *,
    host: str,
    port: int,
    admin_port: int,
    base_url: str | None,
    tls: bool = False,
    database_url: str | None = None,
) -> Settings:
    """Raises DemoRefused for an address that others can reach, since everybody knows the demo's passwords, and for a
    base URL that no server could have.

    With `tls` it is served by the certificate in the folder, under the name `localhost`.
    """
    if host != "localhost" and not _is_loopback(host):
        raise DemoRefused(f"demo mode listens on loopback only, not on {host}: everybody knows its passwords")
    if base_url is not None:
        try:
            check_base_url(base_url)
        except ValueError as error:
            raise DemoRefused(f"the base URL {error}") from error
    if tls and host not in _CERTIFIED_HOSTS:
        raise DemoRefused(f"with TLS the demo listens on {' or '.join(_CERTIFIED_HOSTS)}, not on {host}")
    if tls and base_url is not None and not base_url.startswith("https://"):
        raise DemoRefused("the base URL must begin with https:// when the demo speaks TLS")
    base = base_url or (f"https://localhost:{port}" if tls else f"http://{bracketed(host)}:{port}")
    files = folder.certificates.server if tls else None
    return Settings(
        base_url=base,
        policy=demo_policy(base),
        key_file=folder.key_file,
        database_url=database_url or folder.database_url,
        host=host,
        port=port,
        admin_host=host,
        admin_port=admin_port,
        # the demo's certificate is for this name
        admin_base_url=f"https://localhost:{admin_port}" if tls else "",
        tls_certificate=files.certificate if files else None,
        tls_key=files.key if files else None,
    )


def write_config(folder: DemoFolder, settings: Settings) -> None:
    """The demo's settings as a file, so that the other commands find the demo: `keyfob --config FILE instance list`."""
    client, tls, registration = settings.policy.registration_client, settings.tls, settings.policy.registration
    lines = (
        "# Written at each start of the demo. An installation of your own: `keyfob init`.",
        f"base_url = {toml(settings.base_url)}",
        f"host = {toml(settings.host)}",
        f"port = {settings.port}",
        f"admin_host = {toml(settings.admin_host)}",
        f"admin_port = {settings.admin_port}",
        f"admin_base_url = {toml(settings.admin_base_url)}",
        f"database_url = {toml(_as_seen_from(folder, settings.database_url))}",
        f"key_file = {toml(folder.key_file.name)}",
        *((f"tls_certificate = {toml(tls.certificate.name)}", f"tls_key = {toml(tls.key.name)}") if tls else ()),
        "[registration]",
        f"authenticate = {toml(registration.authenticate)}",
        f"max_instances_per_owner = {registration.max_instances_per_owner}",
        f"max_new_per_day = {registration.max_new_per_day}",
        "[registration_client]",
        f"id = {toml(client.id)}",
        f"name = {toml(client.name)}",
        f"redirect_uris = {toml(client.redirect_uris)}",
        f"post_logout_redirect_uris = {toml(client.post_logout_redirect_uris)}",
        "[lifetimes]",
        f"refresh_idle_s = {settings.policy.refresh_idle_s}",
        "[tokens]",
        f"subject = {toml(settings.policy.subject)}",
    )
    folder.config_file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def seed(installation: OpenInstallation) -> None:
    """The demo's accounts, template and client, unless they are there. What a person changed since stays."""
    store, services = installation.store, installation.services
    now = SystemClock().now()
    if (await store.find_sign_in(USER_NAME)).account is None:
        entropy = services.entropy
        for account in demo_accounts(entropy.uuid7(), entropy.uuid7(), now=now):
            await store.add_account(account, password_hash=await services.passwords.hash(PASSWORD))
    if await store.templates.find_template(TEMPLATE) is None:
        templates = TemplateTools(store.templates, services.policy.authenticators)
        await apply_template(templates, demo_template(), act=ITSELF)
    if await store.static_clients.find_client(ISSUER) is None:
        # The file first: a client whose secret nobody knows would be of no use.
        secret = _issuer_secret(DemoFolder(installation.settings.key_file.parent), services.entropy)
        rules = client_rules(services.policy)
        tools = ClientTools(store.static_clients, services.hasher, services.entropy, rules)
        await apply_client(tools, demo_issuer(secret), act=ITSELF)


def _issuer_secret(folder: DemoFolder, entropy: Entropy) -> str:
    """43 url-safe characters, kept in the folder for whoever runs the demo."""
    file = folder.issuer_secret_file
    if not file.exists():
        write_private(file, new_client_secret(entropy).encode() + b"\n")
    return file.read_text().strip()
