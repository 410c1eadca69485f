"""Demo mode's folder."""

from pathlib import Path

import pytest

from keyfob_server.composition.demo import (
    DemoFolder,
    DemoRefused,
    demo_settings,
    prepare_folder,
    write_config,
)
from keyfob_server.settings import load_settings
from keyfob_server.storage.migrate import sqlite_path


def test_the_file_that_the_demo_writes_says_what_the_demo_serves(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "demo")
    settings = demo_settings(folder, host="127.0.0.1", port=8443, admin_port=6749, base_url=None)
    write_config(folder, settings)
    loaded = load_settings(folder.config_file, {})
    assert loaded.policy == settings.policy
    assert sqlite_path(loaded.database_url) == sqlite_path(settings.database_url)
    assert loaded.key_file == settings.key_file


def test_the_file_of_a_demo_with_tls_names_its_certificate(tmp_path: Path) -> None:
    folder = prepare_folder(tmp_path / "demo")
    settings = demo_settings(folder, host="127.0.0.1", port=8443, admin_port=6749, base_url=None, tls=True)
    assert settings.base_url == "https://localhost:8443"
    write_config(folder, settings)
    assert load_settings(folder.config_file, {}).tls == settings.tls == folder.certificates.server


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "demo.example"])  # noqa: S104 - refused
def test_the_demo_listens_on_loopback_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(DemoRefused, match="loopback only"):
        demo_settings(DemoFolder(tmp_path), host=host, port=1, admin_port=2, base_url=None)


@pytest.mark.parametrize(("text", "port"), [("8443\n", 8443), ("", 0), ("x", 0), ("99999", 0), ("123456", 0)])
def test_a_remembered_port_that_is_none_is_forgotten(tmp_path: Path, text: str, port: int) -> None:
    (tmp_path / "port").write_text(text)
    assert DemoFolder(tmp_path).remembered_port() == port


def test_an_ipv6_loopback_host_stands_in_brackets_in_the_base_url(tmp_path: Path) -> None:
    settings = demo_settings(DemoFolder(tmp_path), host="::1", port=1, admin_port=2, base_url=None)
    assert settings.base_url == "http://[::1]:1"
