"""TLS on the listeners: what is spoken, and a certificate that can change while connections go on."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Final

from keyfob_server.ports.certificates import CertificateFiles, CertificateUnusable

_log = logging.getLogger(__name__)

HANDSHAKE_S: Final = 10.0
"""From the connection's beginning to the end of the handshake."""

GOODBYE_S: Final = 5.0
"""How long a closed connection waits for the client's own goodbye."""

LOOK_S: Final = 2.0
"""Between two looks at the files."""

_CIPHERS_OF_TLS_1_2: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"

_Marks = tuple[tuple[int, int, int] | None, ...]


def server_context(files: CertificateFiles) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with forward secrecy, HTTP/1.1 only. Raises CertificateUnusable."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS_OF_TLS_1_2)
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a password of ours OpenSSL would ask for one at the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except OSError as error:
        why = error.strerror
        if isinstance(error, ssl.SSLError):
            why = (error.reason or "not in PEM form").lower().replace("_", " ")
        raise CertificateUnusable("tls_certificate", f"{files.certificate} cannot be used: {why}") from None
    return context


class LiveCertificate:
    """What new handshakes get. A connection keeps what it began with.

    `check` judges the files before they are used, and raises CertificateUnusable, as the constructor does.
    """

    def __init__(self, files: CertificateFiles, check: Callable[[CertificateFiles], None]) -> None:
        self._files = files
        self._check = check
        self._marks = self._look()
        self._current = self._load()
        self.context = self._current
        """For listeners. It stays the same object, and hands every handshake on to the present certificate."""
        self.context.sni_callback = self._choose

    def reload(self) -> None:
        """Begin to use the files as they are now. Files that cannot be used change nothing but the log."""
        self._marks = self._look()
        try:
            self._current = self._load()
        except CertificateUnusable as error:
            _log.error("certificate not changed", extra={"facts": {"problem": str(error)}})
        else:
            _log.info("certificate changed", extra={"facts": {"file": str(self._files.certificate)}})

    async def watch(self) -> None:
        """Reload whenever the files are others than before, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            seen = self._look()
            if seen == self._marks:
                continue
            # Certificate and key are written one after the other: what still changes is looked at again.
            await asyncio.sleep(LOOK_S)
            if seen == self._look():
                try:
                    self.reload()
                except Exception:  # noqa: BLE001 - a renewal after this one would never be taken
                    _log.exception("the certificate could not be looked at")

    def _load(self) -> ssl.SSLContext:
        self._check(self._files)
        return server_context(self._files)

    def _choose(self, connection: ssl.SSLSocket | ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        # Called for each handshake, with or without a server name. A context that is loaded anew in place would be
        # without any certificate for a moment when the new files do not belong together.
        connection.context = self._current

    def _look(self) -> _Marks:
        """What tells a changed file; links are followed, since some operators change the link."""
        marks: list[tuple[int, int, int] | None] = []
        for path in (self._files.certificate, self._files.key):
            try:
                facts = path.stat()
            except OSError:
                marks.append(None)
            else:
                marks.append((facts.st_mtime_ns, facts.st_ino, facts.st_size))
        return tuple(marks)
