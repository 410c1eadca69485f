"""Certificates for tests, made as the demo makes its own, and clients that trust them."""

import ssl
import time
from pathlib import Path

from keyfob_server.crypto.certificates import LocalCertificates, prepare_local_certificates

DAY = 86400


def certificates(folder: Path, *, days_ago: int = 0) -> LocalCertificates:
    """An authority and what it signed, in a folder that is made when it is missing."""
    folder.mkdir(exist_ok=True)
    return prepare_local_certificates(folder, now=int(time.time()) - days_ago * DAY)


def trusting(*authorities: Path) -> ssl.SSLContext:
    """Trusts these alone."""
    context = ssl.create_default_context(cafile=authorities[0])
    for authority in authorities[1:]:
        context.load_verify_locations(authority)
    return context
