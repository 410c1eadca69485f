"""The certificate that the settings name: judged, and watched while the server runs."""

import logging
from functools import partial
from urllib.parse import urlsplit

from keyfob_server.crypto.certificate_files import CheckedCertificate, check_certificate
from keyfob_server.observability.clock import SystemClock
from keyfob_server.ports.certificates import CertificateFiles
from keyfob_server.settings import Settings
from keyfob_server.web.tls import LiveCertificate, server_context

_log = logging.getLogger(__name__)


def live_certificate(settings: Settings) -> LiveCertificate | None:
    """None where a proxy speaks TLS, or nobody does. Raises CertificateUnusable."""
    return None if settings.tls is None else LiveCertificate(settings.tls, partial(_judge, _host(settings)))


def check_tls(settings: Settings) -> None:
    """Raises CertificateUnusable when a server with these settings would not start."""
    if settings.tls is not None:
        _check(_host(settings), settings.tls)
        server_context(settings.tls)


def _judge(host: str, files: CertificateFiles) -> None:
    if _check(host, files).key_is_exposed:
        # The name of the fact must not sound like a key's own text.
        _log.warning("every user of this machine can read the TLS key", extra={"facts": {"file": str(files.key)}})


def _check(host: str, files: CertificateFiles) -> CheckedCertificate:
    return check_certificate(files, host=host, now=SystemClock().now())


def _host(settings: Settings) -> str:
    """By which apps and browsers come: an IPv6 address without brackets."""
    return urlsplit(settings.base_url).hostname or ""
