"""Certificate and key as an operator hands them in, judged before the server begins to use them."""

import datetime as dt
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509 import Certificate, InvalidVersion, load_pem_x509_certificates

from keyfob_server.crypto.certificate_names import names_of
from keyfob_server.ports.certificates import CertificateFiles, CertificateUnusable

MAX_BYTES = 1 << 20
MOST_NAMES = 5
"""So many are told."""
CERTIFICATE, KEY = "tls_certificate", "tls_key"


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    not_after: int
    """Epoch seconds."""
    key_is_exposed: bool
    """Every user of the machine can read the private key."""


def check_certificate(files: CertificateFiles, *, host: str, now: int) -> CheckedCertificate:
    """Both files can be read and belong together, and the certificate is good at `now`, and for `host`.

    Raises CertificateUnusable.
    """
    certificate = _certificate(files.certificate)
    key = _key(files.key)
    today = dt.datetime.fromtimestamp(now, dt.UTC)
    first, last = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if last < today:
        raise CertificateUnusable(CERTIFICATE, f"{files.certificate} expired on {last.date()}")
    if first > today:
        raise CertificateUnusable(CERTIFICATE, f"{files.certificate} is not valid before {first.date()}")
    if _spki(certificate.public_key()) != _spki(key.public_key()):
        raise CertificateUnusable(KEY, f"{files.key} is not the key of {files.certificate}")
    _check_names(certificate, files.certificate, host)
    return CheckedCertificate(int(last.timestamp()), bool(files.key.stat().st_mode & stat.S_IROTH))


def _check_names(certificate: Certificate, path: Path, host: str) -> None:
    try:
        names = names_of(certificate)
    except ValueError:
        raise CertificateUnusable(CERTIFICATE, f"{path} has names that cannot be read") from None
    if names.cover(host):
        return
    shown, more = names.all[:MOST_NAMES], len(names.all) - MOST_NAMES
    said = (
        ", ".join(shown) + (f" and {more} more" if more > 0 else "") if shown else "no host (it has no subjectAltName)"
    )
    raise CertificateUnusable(CERTIFICATE, f"{path} is for {said}, and not for {host}, the host of base_url")


def _certificate(path: Path) -> Certificate:
    try:
        certificate = load_pem_x509_certificates(_content(CERTIFICATE, path))[0]
        # the parser is lazy: what it cannot read shows when it is asked
        certificate.public_key()
    except (ValueError, InvalidVersion, UnsupportedAlgorithm):
        raise CertificateUnusable(CERTIFICATE, f"{path} holds no certificate in PEM form") from None
    return certificate


def _key(path: Path) -> PrivateKeyTypes:
    try:
        return load_pem_private_key(_content(KEY, path), password=None)
    except TypeError:
        sentence = "is encrypted; the server starts by itself, so it needs the key without a passphrase"
        raise CertificateUnusable(KEY, f"{path} {sentence}") from None
    except (ValueError, UnsupportedAlgorithm):
        # The parser's words may carry what it read.
        raise CertificateUnusable(KEY, f"{path} holds no private key in PEM form") from None


def _content(setting: str, path: Path) -> bytes:
    try:
        # A named pipe would hang the start, and could not be read again by the TLS library.
        if not stat.S_ISREG(path.stat().st_mode):
            raise CertificateUnusable(setting, f"{path} is no file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CertificateUnusable(setting, f"{path} cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise CertificateUnusable(setting, f"{path} is larger than {MAX_BYTES} bytes")
    return content


def _spki(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
