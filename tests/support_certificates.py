"""Certificates for tests, made as the demo makes its own, and clients that trust them."""

import datetime as dt
import ipaddress
import ssl
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from keyfob_server.crypto.certificates import LocalCertificates, prepare_local_certificates
from keyfob_server.ports.certificates import CertificateFiles

DAY = 86400


def certificates(folder: Path, *, days_ago: int = 0) -> LocalCertificates:
    """An authority and what it signed, in a folder that is made when it is missing."""
    folder.mkdir(exist_ok=True)
    return prepare_local_certificates(folder, now=int(time.time()) - days_ago * DAY)


def certificate_for(
    folder: Path, *names: str, common_name: str = "somebody", days_ago: int = 0, days: int = 90
) -> CertificateFiles:
    """For these DNS names and addresses; `dns:` before an address makes a name of it. It signs itself, so it is the
    authority that clients of it trust.
    """
    key, first = generate_private_key(SECP256R1()), dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago, minutes=1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(first + dt.timedelta(days=days))
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_general_name(one) for one in names]), critical=False
        )
    folder.mkdir(exist_ok=True)
    files = CertificateFiles(folder / "own.pem", folder / "own.key")
    files.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files.key.chmod(0o600)
    files.certificate.write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return files


def _general_name(name: str) -> x509.GeneralName:
    if name.startswith("dns:"):
        return x509.DNSName(name.removeprefix("dns:"))
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def trusting(*authorities: Path) -> ssl.SSLContext:
    """Trusts these alone."""
    context = ssl.create_default_context(cafile=authorities[0])
    for authority in authorities[1:]:
        context.load_verify_locations(authority)
    return context
