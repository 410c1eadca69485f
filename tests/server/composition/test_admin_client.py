"""Where the admin pages are, and that the server knows their client."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_server.composition.admin_client import admin_address, put_admin_client
from keyfob_server.composition.demo import DemoFolder, demo_settings
from keyfob_server.composition.key_making import SettingsKeyMaker
from keyfob_server.ports.key_making import KeyMakerUnusable
from keyfob_server.rules.admin_client import ADMIN_CLIENT_ID
from keyfob_server.settings import Settings
from support_app import Keyfob, running_keyfob
from support_sql import change, value

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing listens
CERTIFICATE = {"tls_certificate": Path("/x"), "tls_key": Path("/y")}


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def settings_of(**changes: object) -> Settings:
    made = demo_settings(DemoFolder(Path("/nowhere")), host="127.0.0.1", port=8443, admin_port=6749, base_url=None)
    return replace(made, **changes)  # type: ignore[arg-type] # fields of the dataclass by name


@pytest.mark.parametrize(
    ("changes", "expected", "same_site"),
    [
        ({}, "http://127.0.0.1:6749", True),
        ({"admin_host": "::1"}, "http://[::1]:6749", False),
        ({"admin_host": "localhost"}, "http://localhost:6749", False),
        ({"base_url": "https://id.example"}, "http://127.0.0.1:6749", False),
        ({"base_url": "https://id.example", **CERTIFICATE}, "https://127.0.0.1:6749", False),
        (
            {"base_url": "https://id.example:8443", "admin_host": EVERYWHERE, **CERTIFICATE},
            "https://id.example:6749",
            True,
        ),
        ({"base_url": "https://id.example", "admin_host": "::", **CERTIFICATE}, "https://id.example:6749", True),
        (
            {"base_url": "https://id.example", "admin_base_url": "https://id.example:9000"},
            "https://id.example:9000",
            True,
        ),
        ({"base_url": "https://id.example", "admin_base_url": "https://admin.example"}, "https://admin.example", False),
        ({"base_url": "http://[::1]:1", "admin_host": "::1"}, "http://[::1]:6749", True),
    ],
    ids=str,
)
def test_the_address_is_the_one_that_was_set_or_that_of_the_listener(
    changes: dict[str, object],
    expected: str,
    same_site: bool,  # noqa: FBT001 - a table's column
) -> None:
    address = admin_address(settings_of(**changes))
    assert address is not None
    assert (address.base_url, address.callback) == (expected, f"{expected}/admin/callback")
    assert (address.https, address.same_site) == (expected.startswith("https:"), same_site)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.1", "id.example"])
def test_on_a_network_in_plain_http_there_is_none(host: str) -> None:
    assert admin_address(settings_of(admin_host=host)) is None


def test_a_status_that_somebody_set_stays_when_the_server_starts_again(keyfob: Keyfob) -> None:
    installation = keyfob.installation
    text = "select status from clients where client_id = 'keyfob-admin'"
    change(keyfob.database, "update clients set status = 'inactive' where client_id = 'keyfob-admin'")
    keyfob.run(put_admin_client(installation.store, installation.settings, now=1))
    assert value(keyfob.database, text) == "inactive"
    change(keyfob.database, "update clients set status = 'active' where client_id = 'keyfob-admin'")


def test_a_moved_listener_moves_the_redirect_uri(keyfob: Keyfob) -> None:
    installation = keyfob.installation
    moved = replace(installation.settings, admin_base_url="https://admin.example")
    keyfob.run(put_admin_client(installation.store, moved, now=1))
    client = keyfob.run(installation.store.load(client_id=ADMIN_CLIENT_ID)).client
    assert client is not None
    assert client.metadata.redirect_uris == ("https://admin.example/admin/callback",)
    keyfob.run(put_admin_client(installation.store, installation.settings, now=1))


def test_a_key_is_made_under_the_root_keys_of_the_moment(keyfob: Keyfob) -> None:
    settings = keyfob.installation.settings
    maker = SettingsKeyMaker(settings)
    record = keyfob.run(maker.make("ES256", created=5, signs_from=9))
    assert (record.alg, record.created, record.signs_from) == ("ES256", 5, 9)
    without = SettingsKeyMaker(replace(settings, key_file=settings.key_file.with_name("none")))
    with pytest.raises(KeyMakerUnusable, match="none"):
        keyfob.run(without.make("ES256", created=5, signs_from=9))
