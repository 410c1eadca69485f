"""The demo's own authority, judged by OpenSSL's command and by Python's TLS."""

import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from keyfob_server.crypto.certificates import LocalCertificates, prepare_local_certificates
from support_certificates import DAY, certificates

NOW = int(time.time())


def verified(authority: Path, certificate: Path, *more: str) -> bool:
    """By `openssl verify`, which is stricter than browsers are when it is told so."""
    command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(authority), *more]
    done = subprocess.run([*command, str(certificate)], capture_output=True, check=False)
    return done.returncode == 0


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def lifetime_days(path: Path) -> float:
    certificate = loaded(path)
    return (certificate.not_valid_after_utc - certificate.not_valid_before_utc).total_seconds() / DAY


@pytest.fixture
def made(tmp_path: Path) -> LocalCertificates:
    return certificates(tmp_path / "demo")


def contents(made: LocalCertificates) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in made.folder.iterdir()}


@pytest.mark.parametrize(
    "name", [("-verify_hostname", "localhost"), ("-verify_ip", "127.0.0.1"), ("-verify_ip", "::1")]
)
def test_the_server_is_proved_to_be_this_machine_by_each_of_its_names(
    made: LocalCertificates, name: tuple[str, str]
) -> None:
    assert verified(made.authority, made.server.certificate, *name)


@pytest.mark.parametrize("name", [("-verify_hostname", "id.example.com"), ("-verify_ip", "192.0.2.1")])
def test_it_is_proved_to_be_no_other(made: LocalCertificates, name: tuple[str, str]) -> None:
    assert not verified(made.authority, made.server.certificate, *name)


def test_both_keys_are_for_their_owner_alone(made: LocalCertificates) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in made.folder.iterdir()}
    assert modes == {"ca.pem": 0o644, "ca.key": 0o600, "tls.pem": 0o644, "tls.key": 0o600}


def test_browsers_take_no_certificate_of_more_than_397_days_and_the_authority_has_ten_years(
    made: LocalCertificates,
) -> None:
    assert 396 < lifetime_days(made.server.certificate) <= 397
    assert 3649 < lifetime_days(made.authority) <= 3650


@pytest.mark.parametrize("name", ["id.example.com", "example.localhost.example"])
def test_the_key_of_the_authority_is_good_for_no_name_of_another_machine(made: LocalCertificates, name: str) -> None:
    key = load_pem_private_key(made.server.key.read_bytes(), password=None)
    signer = load_pem_private_key(made.authority_key.read_bytes(), password=None)
    good = loaded(made.server.certificate)
    builder = (
        x509.CertificateBuilder(subject_name=good.subject, issuer_name=good.issuer, serial_number=7)
        .public_key(key.public_key())  # type: ignore[arg-type] # an elliptic curve, as it was made
        .not_valid_before(good.not_valid_before_utc)
        .not_valid_after(good.not_valid_after_utc)
    )

    def with_name(other: str) -> Path:
        forged = builder
        for extension in good.extensions:
            names = isinstance(extension.value, x509.SubjectAlternativeName)
            value = x509.SubjectAlternativeName([x509.DNSName(other)]) if names else extension.value
            forged = forged.add_extension(value, extension.critical)
        path = made.folder / "forged.pem"
        signed = forged.sign(signer, SHA256())  # type: ignore[arg-type] # as above
        path.write_bytes(signed.public_bytes(Encoding.PEM))
        return path

    assert verified(made.authority, with_name("localhost"))
    assert not verified(made.authority, with_name(name))


def test_what_is_good_is_left_as_it_is(made: LocalCertificates) -> None:
    before = contents(made)
    prepare_local_certificates(made.folder, now=NOW + 366 * DAY)
    assert contents(made) == before


def test_within_thirty_days_of_its_end_the_server_gets_another_from_the_same_authority(
    made: LocalCertificates,
) -> None:
    before = contents(made)
    prepare_local_certificates(made.folder, now=NOW + 368 * DAY)
    after = contents(made)
    assert {name for name in after if after[name] != before[name]} == {"tls.pem", "tls.key"}
    assert verified(made.authority, made.server.certificate, "-attime", str(NOW + 700 * DAY))


@pytest.mark.parametrize("name", ["tls.pem", "tls.key"])
@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_text("nonsense")], ids=["missing", "broken"])
def test_what_is_missing_or_broken_is_made_anew_under_the_same_authority(
    made: LocalCertificates, name: str, spoil: object
) -> None:
    authority = made.authority.read_bytes()
    assert callable(spoil)
    spoil(made.folder / name)
    prepare_local_certificates(made.folder, now=NOW)
    assert made.authority.read_bytes() == authority
    assert verified(made.authority, made.server.certificate)


def test_the_authoritys_key_may_be_thrown_away_until_it_is_needed(made: LocalCertificates) -> None:
    made.authority_key.unlink()
    before = contents(made)
    prepare_local_certificates(made.folder, now=NOW)
    assert contents(made) == before
    prepare_local_certificates(made.folder, now=NOW + 380 * DAY)
    assert contents(made)["ca.pem"] != before["ca.pem"]
    assert verified(made.authority, made.server.certificate, "-attime", str(NOW + 381 * DAY))


def test_a_certificate_of_another_authority_is_replaced(made: LocalCertificates, tmp_path: Path) -> None:
    other = certificates(tmp_path / "other")
    for mine, theirs in ((made.server.certificate, other.server.certificate), (made.server.key, other.server.key)):
        mine.write_bytes(theirs.read_bytes())
    assert not verified(made.authority, made.server.certificate)
    prepare_local_certificates(made.folder, now=NOW)
    assert verified(made.authority, made.server.certificate)


def test_an_authority_that_ends_is_followed_by_another(made: LocalCertificates) -> None:
    late = NOW + 3630 * DAY
    prepare_local_certificates(made.folder, now=late)
    assert verified(made.authority, made.server.certificate, "-attime", str(late + 300 * DAY))
