"""What is said of a certificate that cannot be served with."""

import os
import ssl
import subprocess
import time
from pathlib import Path

import pytest

from keyfob_server.crypto.certificate_files import MAX_BYTES, MOST_NAMES, check_certificate
from keyfob_server.crypto.certificates import LocalCertificates
from keyfob_server.ports.certificates import CertificateFiles, CertificateUnusable
from support_certificates import DAY, certificate_for, certificates


def present() -> int:
    """Epoch seconds; asked for anew, since certificates are made while the tests run."""
    return int(time.time())


@pytest.fixture
def made(tmp_path: Path) -> LocalCertificates:
    return certificates(tmp_path / "made")


def refusal(files: CertificateFiles, *, host: str = "localhost", now: int | None = None) -> str:
    """`now` is in epoch seconds; None: it is, and what was made for the test is valid already."""
    with pytest.raises(CertificateUnusable) as caught:
        check_certificate(files, host=host, now=present() if now is None else now)
    assert str(caught.value) == f"{caught.value.setting}: {caught.value.sentence}"
    return str(caught.value)


def test_a_good_pair_is_good_until_its_end(made: LocalCertificates) -> None:
    checked = check_certificate(made.server, host="localhost", now=present())
    assert abs(checked.not_after - present() - 397 * DAY) < DAY
    assert not checked.key_is_exposed
    check_certificate(made.server, host="localhost", now=checked.not_after)
    sentence = f"tls_certificate: {made.server.certificate} expired on "
    assert refusal(made.server, now=checked.not_after + 1).startswith(sentence)


def test_a_certificate_of_the_future_is_not_served_with(made: LocalCertificates) -> None:
    day = time.strftime("%Y-%m-%d", time.gmtime(present() - 3600))
    sentence = f"tls_certificate: {made.server.certificate} is not valid before {day}"
    assert refusal(made.server, now=present() - DAY) == sentence


@pytest.mark.parametrize("suffix", [".pem", ".key"])
def test_a_file_that_is_missing_is_named(made: LocalCertificates, suffix: str) -> None:
    path = (made.folder / "tls").with_suffix(suffix)
    path.unlink()
    setting = "tls_certificate" if suffix == ".pem" else "tls_key"
    assert refusal(made.server) == f"{setting}: {path} cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no {kind} in PEM form"),
        (b"\xff\xfe", "holds no {kind} in PEM form"),
        (b"-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n", "holds no {kind} in PEM form"),
        (b"-----BEGIN PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END PRIVATE KEY-----\n", "holds no {kind} in PEM form"),
        (b" " * (MAX_BYTES + 1), f"is larger than {MAX_BYTES} bytes"),
    ],
)
@pytest.mark.parametrize(
    ("name", "setting", "kind"),
    [("tls.pem", "tls_certificate", "certificate"), ("tls.key", "tls_key", "private key")],
)
def test_what_is_no_certificate_or_no_key_is_named(
    made: LocalCertificates, *, content: bytes, why: str, name: str, setting: str, kind: str
) -> None:
    path = made.folder / name
    path.write_bytes(content)
    assert refusal(made.server) == f"{setting}: {path} {why.format(kind=kind)}"


def test_a_pipe_is_no_file_and_does_not_hang_the_start(made: LocalCertificates) -> None:
    made.server.key.unlink()
    os.mkfifo(made.server.key)
    assert refusal(made.server) == f"tls_key: {made.server.key} is no file"


def test_the_key_of_another_certificate_is_refused(made: LocalCertificates, tmp_path: Path) -> None:
    other = certificates(tmp_path / "other").server.key
    mixed = CertificateFiles(made.server.certificate, other)
    assert refusal(mixed) == f"tls_key: {other} is not the key of {made.server.certificate}"


def test_an_encrypted_key_is_refused_and_its_passphrase_is_asked_of_nobody(made: LocalCertificates) -> None:
    encrypted = made.folder / "encrypted.key"
    command = ["openssl", "pkey", "-aes256", "-passout", "pass:secret", "-in", str(made.server.key)]
    subprocess.run([*command, "-out", str(encrypted)], check=True, capture_output=True)
    sentence = "is encrypted; the server starts by itself, so it needs the key without a passphrase"
    files = CertificateFiles(made.server.certificate, encrypted)
    assert refusal(files) == f"tls_key: {encrypted} {sentence}"


@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_key_that_every_user_can_read_is_noticed(made: LocalCertificates, mode: int, *, exposed: bool) -> None:
    made.server.key.chmod(mode)
    assert check_certificate(made.server, host="localhost", now=present()).key_is_exposed is exposed


def test_the_first_certificate_of_a_chain_is_the_servers_own(made: LocalCertificates) -> None:
    own, authority = made.server.certificate.read_bytes(), made.authority.read_bytes()
    made.server.certificate.write_bytes(own + authority)
    check_certificate(made.server, host="localhost", now=present())
    made.server.certificate.write_bytes(authority + own)
    assert refusal(made.server) == f"tls_key: {made.server.key} is not the key of {made.server.certificate}"


@pytest.mark.parametrize(
    ("good", "odd"),
    [
        # an elliptic curve that nobody here knows, and a version of X.509 that there is not
        ("06082a8648ce3d030107", "06082a8648ce3d030106"),
        ("a003020102", "a003020109"),
    ],
)
def test_a_certificate_that_the_parser_stumbles_over_is_refused(made: LocalCertificates, good: str, odd: str) -> None:
    path = made.server.certificate
    der = ssl.PEM_cert_to_DER_cert(path.read_text().partition("-----END CERTIFICATE-----\n")[0] + ssl.PEM_FOOTER + "\n")
    assert bytes.fromhex(good) in der
    path.write_text(ssl.DER_cert_to_PEM_cert(der.replace(bytes.fromhex(good), bytes.fromhex(odd), 1)))
    assert refusal(made.server) == f"tls_certificate: {path} holds no certificate in PEM form"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_certificate_is_good_for_each_of_its_names(made: LocalCertificates, host: str) -> None:
    check_certificate(made.server, host=host, now=present())


def test_a_certificate_for_another_host_is_refused_with_both_names(made: LocalCertificates) -> None:
    sentence = "is for localhost, 127.0.0.1, ::1, and not for id.example.com, the host of base_url"
    assert refusal(made.server, host="id.example.com") == f"tls_certificate: {made.server.certificate} {sentence}"


def test_of_many_names_some_are_told(tmp_path: Path) -> None:
    files = certificate_for(tmp_path, *(f"host-{number}.example.com" for number in range(7)))
    told = ", ".join(f"host-{number}.example.com" for number in range(MOST_NAMES))
    sentence = f"is for {told} and 2 more, and not for id.example.com, the host of base_url"
    assert refusal(files, host="id.example.com") == f"tls_certificate: {files.certificate} {sentence}"


def test_a_certificate_without_names_is_for_no_host_whatever_its_common_name(tmp_path: Path) -> None:
    files = certificate_for(tmp_path, common_name="id.example.com")
    sentence = "is for no host (it has no subjectAltName), and not for id.example.com, the host of base_url"
    assert refusal(files, host="id.example.com") == f"tls_certificate: {files.certificate} {sentence}"


def test_names_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    files = certificate_for(tmp_path, "id.example.com")
    path = files.certificate
    der = ssl.PEM_cert_to_DER_cert(path.read_text())
    # the name says that it is longer than the list that holds it
    good, odd = b"\x82\x0eid.example.com", b"\x82\x7fid.example.com"
    assert der.count(good) == 1
    path.write_text(ssl.DER_cert_to_PEM_cert(der.replace(good, odd)))
    assert refusal(files, host="id.example.com") == f"tls_certificate: {path} has names that cannot be read"
