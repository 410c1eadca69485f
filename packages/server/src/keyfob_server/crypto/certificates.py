"""A certificate authority of one's own, for a machine alone: what demo mode serves https with.

The authority is constrained to loopback names (RFC 5280 section 4.2.1.10): whoever trusts it, and has its key stolen,
has lost nothing but the names of the machine itself.
"""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from keyfob_server.crypto.certificate_files import check_certificate
from keyfob_server.crypto.private_file import write_private
from keyfob_server.ports.certificates import CertificateFiles

SERVER_DAYS, AUTHORITY_DAYS = 397, 3650
RENEW_BEFORE_DAYS = 30
_HOST = "localhost"
_ADDRESSES = (ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"))
_NETWORKS = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
# Clocks of other machines, such as a phone's beside the desk, are a little behind.
_BACKDATED = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LocalCertificates:
    """Where they lie. A folder for its owner alone."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The one file that clients are to trust."""
        return self.folder / "ca.pem"

    @property
    def authority_key(self) -> Path:
        return self.folder / "ca.key"

    @property
    def server(self) -> CertificateFiles:
        return CertificateFiles(self.folder / "tls.pem", self.folder / "tls.key")


def prepare_local_certificates(folder: Path, *, now: int) -> LocalCertificates:
    """Make what is missing, no longer good, or good for less than 30 days. Raises OSError.

    The authority stays the same as long as its key is there and it outlives the renewal of what it signed.
    """
    files = LocalCertificates(folder)
    today = dt.datetime.fromtimestamp(now, dt.UTC)
    if not _is_good(files, now=now):
        authority = _known_authority(files, today) or _new_authority(files, today)
        _issue(files, authority, today)
    return files


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey


def _is_good(files: LocalCertificates, *, now: int) -> bool:
    """The server's certificate comes from this authority, and both are good for a while."""
    later = now + RENEW_BEFORE_DAYS * 86400
    try:
        check_certificate(files.server, host=_HOST, now=later)
        server = x509.load_pem_x509_certificate(files.server.certificate.read_bytes())
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
        server.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - whatever is wrong with them, they are made anew
        return False
    return authority.not_valid_after_utc.timestamp() > later


def _known_authority(files: LocalCertificates, today: dt.datetime) -> _Authority | None:
    """None when there is none that can sign for long enough."""
    try:
        certificate = x509.load_pem_x509_certificate(files.authority.read_bytes())
        key = load_pem_private_key(files.authority_key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError):
        return None
    long_enough = certificate.not_valid_after_utc - today > dt.timedelta(days=2 * RENEW_BEFORE_DAYS)
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != certificate.public_key() or not long_enough:
        return None
    return _Authority(certificate, key)


def _new_authority(files: LocalCertificates, today: dt.datetime) -> _Authority:
    key = generate_private_key(SECP256R1())
    serial = x509.random_serial_number()
    # Trust stores tell authorities apart by their names.
    name = _name(f"Keyfob demo on this machine {serial & 0xFFFFFFFF:08x}")
    constraints = x509.NameConstraints(
        permitted_subtrees=[x509.DNSName(_HOST), *(x509.IPAddress(network) for network in _NETWORKS)],
        excluded_subtrees=None,
    )
    certificate = (
        _builder(name, key, today, days=AUTHORITY_DAYS)
        .serial_number(serial)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(constraints, critical=True)
        .sign(key, SHA256())
    )
    write_private(files.authority_key, _pem(key))
    write_private(files.authority, certificate.public_bytes(Encoding.PEM), mode=0o644)
    return _Authority(certificate, key)


def _issue(files: LocalCertificates, authority: _Authority, today: dt.datetime) -> None:
    key = generate_private_key(SECP256R1())
    names = x509.SubjectAlternativeName([x509.DNSName(_HOST), *(x509.IPAddress(one) for one in _ADDRESSES)])
    issuer_key = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(_name(_HOST), key, today, days=SERVER_DAYS)
        .serial_number(x509.random_serial_number())
        .issuer_name(authority.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_key), critical=False)
        .sign(authority.key, SHA256())
    )
    write_private(files.server.key, _pem(key))
    write_private(files.server.certificate, certificate.public_bytes(Encoding.PEM), mode=0o644)


def _builder(
    subject: x509.Name, key: EllipticCurvePrivateKey, today: dt.datetime, *, days: int
) -> x509.CertificateBuilder:
    first = today - _BACKDATED
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .not_valid_before(first)
        # The last second counts as valid (RFC 5280 section 4.1.2.5).
        .not_valid_after(first + dt.timedelta(days=days, seconds=-1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
