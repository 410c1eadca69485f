"""A certificate of one's own: what `check-config` and `serve` say of it, and how it is renewed."""

import shutil
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest
from cryptography.x509 import load_pem_x509_certificate

from demo_story.child_process import end, read_until, start
from keyfob_server.crypto.certificates import LocalCertificates
from support_certificates import certificate_for, certificates, trusting
from support_keyfob_program import PROGRAM, keyfob
from support_polling import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def made(tmp_path: Path) -> LocalCertificates:
    return certificates(tmp_path / "tls")


def configured(
    folder: Path,
    certificate: str = "tls/tls.pem",
    key: str = "tls/tls.key",
    base_url: str = "https://localhost:8443",
) -> None:
    text = f'base_url = "{base_url}"\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n'
    (folder / "keyfob.toml").write_text(text)


def told(folder: Path, name: str, sentence: str) -> None:
    """By check-config with the line, and by serve, which does not start and makes nothing."""
    line = 2 if name == "tls_certificate" else 3
    checked = keyfob("check-config", cwd=folder)
    assert (checked.code, checked.out) == (1, "")
    assert checked.err == f"keyfob: keyfob.toml:{line}: {name}: {sentence}\n"
    before = sorted(folder.rglob("*"))
    assert keyfob("serve", cwd=folder).refusal(5) == f"{name}: {sentence}"
    assert sorted(folder.rglob("*")) == before


def test_a_good_certificate_is_good(tmp_path: Path, made: LocalCertificates) -> None:
    configured(tmp_path)
    assert made.server.certificate.exists()
    done = keyfob("check-config", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "keyfob.toml: the settings are good\n", "")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    configured(tmp_path)
    told(tmp_path, "tls_certificate", f"{tmp_path}/tls/tls.pem cannot be read: No such file or directory")


def test_a_key_of_another_certificate_is_told(tmp_path: Path, made: LocalCertificates) -> None:
    certificates(tmp_path / "other")
    configured(tmp_path, key="other/tls.key")
    told(tmp_path, "tls_key", f"{tmp_path}/other/tls.key is not the key of {made.server.certificate}")


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    expired = certificates(tmp_path / "tls", days_ago=400).server.certificate
    configured(tmp_path)
    facts = ssl._ssl._test_decode_cert(str(expired))  # type: ignore[attr-defined] # a second opinion
    _, day, _, year, _ = facts["notAfter"].split()
    sentence = keyfob("check-config", cwd=tmp_path).err.rpartition(": ")[2]
    assert sentence.startswith(f"{expired} expired on {year}-")
    assert sentence.endswith(f"-{int(day):02}\n")
    told(tmp_path, "tls_certificate", sentence.rstrip("\n"))


def test_a_certificate_of_tomorrow_is_told(tmp_path: Path) -> None:
    own = certificate_for(tmp_path / "tls", "localhost", days_ago=-2).certificate
    configured(tmp_path, "tls/own.pem", "tls/own.key")
    first = load_pem_x509_certificate(own.read_bytes()).not_valid_before_utc.date()
    told(tmp_path, "tls_certificate", f"{own} is not valid before {first}")


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("https://id.example.com", "id.example.com"),
        ("https://example.com:8443", "example.com"),
        ("https://a.b.example.org", "a.b.example.org"),
        ("https://192.0.2.7", "192.0.2.7"),
        ("https://[2001:db8::7]:8443", "2001:db8::7"),
    ],
)
def test_a_certificate_for_another_host_is_told_with_both_names(tmp_path: Path, base_url: str, host: str) -> None:
    own = certificate_for(tmp_path / "tls", "login.example.com", "*.example.org", "192.0.2.8").certificate
    configured(tmp_path, "tls/own.pem", "tls/own.key", base_url)
    names = "login.example.com, *.example.org, 192.0.2.8"
    told(tmp_path, "tls_certificate", f"{own} is for {names}, and not for {host}, the host of base_url")


@pytest.mark.parametrize("base_url", ["https://a.example.org", "https://192.0.2.8:8443", "https://[2001:db8::7]"])
def test_a_certificate_that_names_the_host_of_base_url_is_good(tmp_path: Path, base_url: str) -> None:
    certificate_for(tmp_path / "tls", "login.example.com", "*.example.org", "192.0.2.8", "2001:db8::7")
    configured(tmp_path, "tls/own.pem", "tls/own.key", base_url)
    assert keyfob("check-config", cwd=tmp_path).code == 0


def test_behind_a_proxy_that_speaks_tls_no_certificate_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "keyfob.toml").write_text('base_url = "https://id.example.com"\n')
    assert keyfob("check-config", cwd=tmp_path).code == 0


def test_problems_of_the_certificate_can_be_read_by_a_program(tmp_path: Path) -> None:
    configured(tmp_path)
    done = keyfob("check-config", "--json", cwd=tmp_path)
    assert done.code == 1
    assert '"name": "tls_certificate"' in done.out


@contextmanager
def installed(folder: Path) -> Iterator[tuple[Popen[bytes], int]]:
    """`keyfob serve` of an installation with the certificate in `folder`, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base_url = f"https://localhost:{port}"
    assert keyfob("init", "--data-dir", "data", "--base-url", base_url, cwd=folder).code == 0
    config = folder / "data" / "keyfob.toml"
    settings = f'admin_port = 0\ntls_certificate = "{folder}/tls/tls.pem"\ntls_key = "{folder}/tls/tls.key"\n'
    config.write_text(settings + config.read_text())
    process = start([PROGRAM, "--config", config, "serve"])
    try:
        said = read_until(process, lambda text: "ready: " in text)
        assert f"ready: {base_url}/" in said
        yield process, port
    finally:
        end(process)


def serial_at(port: int, trust: ssl.SSLContext) -> object:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
        trust.wrap_socket(connection, server_hostname="localhost") as secured,
    ):
        certificate = secured.getpeercert()
        assert certificate
        return certificate["serialNumber"]


@pytest.mark.parametrize("told_to", [True, False], ids=["at SIGHUP", "by itself"])
def test_a_renewed_certificate_is_taken_without_a_restart(
    tmp_path: Path, made: LocalCertificates, *, told_to: bool
) -> None:
    other = certificates(tmp_path / "other")
    trust = trusting(made.authority, other.authority)
    with installed(tmp_path) as (process, port):
        first = serial_at(port, trust)
        shutil.copy(other.server.key, made.server.key)
        shutil.copy(other.server.certificate, made.server.certificate)
        if told_to:
            process.send_signal(signal.SIGHUP)
        eventually(lambda: serial_at(port, trust) != first)
        assert process.poll() is None


def test_a_renewed_certificate_for_another_host_is_not_taken_and_the_log_says_why(
    tmp_path: Path, made: LocalCertificates
) -> None:
    other = certificate_for(tmp_path / "other", "id.example.com")
    with installed(tmp_path) as (process, port):
        first = serial_at(port, trusting(made.authority))
        shutil.copy(other.key, made.server.key)
        shutil.copy(other.certificate, made.server.certificate)
        process.send_signal(signal.SIGHUP)
        said = read_until(process, lambda text: "certificate not changed" in text)
        assert serial_at(port, trusting(made.authority)) == first
        assert process.poll() is None
    problem = f"tls_certificate: {made.server.certificate} is for id.example.com, and not for localhost"
    assert f"{problem}, the host of base_url" in said


def test_a_key_that_every_user_can_read_is_warned_of_in_the_log(tmp_path: Path, made: LocalCertificates) -> None:
    made.server.key.chmod(0o644)
    with installed(tmp_path) as (process, port):
        serial_at(port, trusting(made.authority))
        process.send_signal(signal.SIGHUP)
        said = read_until(process, lambda text: "certificate changed" in text)
    assert "every user of this machine can read the TLS key" in said
