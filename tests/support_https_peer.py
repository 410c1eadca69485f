"""An https server on this machine, with a certificate of an authority that the test makes: says what it is told to."""

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Say = Callable[[ssl.SSLSocket], None]
DAY = dt.timedelta(days=1)
PATIENCE_S = 30.0


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, *, expired: bool = False
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now - DAY if expired else now + DAY)
    )


@dataclass(frozen=True)
class Authority:
    """A private certification authority in a folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def issue(self, *names: str, expired: bool = False) -> Path:
        """A PEM file with a certificate for host names and addresses, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = [
            x509.IPAddress(ip_address(name)) if name[-1].isdigit() else x509.DNSName(name) for name in names
        ]
        certificate = (
            _certificate("peer", "test authority", key, expired=expired)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / f"{certificate.serial_number}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
        return path


def new_authority(folder: Path) -> Authority:
    authority = Authority(folder, ec.generate_private_key(ec.SECP256R1()))
    certificate = (
        _certificate("test authority", "test authority", authority.key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(authority.key, hashes.SHA256())
    )
    authority.ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return authority


@dataclass
class HttpsPeer:
    address: str
    port: int
    connections: int = 0
    """Accepted ones, with or without TLS to follow."""
    server_names: list[str | None] = field(default_factory=list)
    """What each TLS handshake asked for."""
    requests: list[bytes] = field(default_factory=list)
    """Up to the blank line."""

    def url(self, path: str = "/", *, host: str = "localhost") -> str:
        return f"https://{host}:{self.port}{path}"

    def headers(self) -> dict[str, str]:
        """Of the latest request, by lower-case name."""
        lines = self.requests[-1].decode().split("\r\n")[1:]
        pairs = (line.partition(": ") for line in lines if line)
        return {name.lower(): value for name, _, value in pairs}


def answer(body: bytes, *headers: str, status: str = "200 OK", media_type: str = "application/json") -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


def saying(message: bytes) -> Say:
    return lambda connection: connection.sendall(message)


@contextmanager
def https_peer(certificate: Path, say: Say, *, address: str = "127.0.0.1", port: int = 0) -> Iterator[HttpsPeer]:
    """Each connection in a thread of its own: reads a request, says its answer, closes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with create_server((address, port)) as listener, ExitStack() as ending:
        peer = HttpsPeer(address, listener.getsockname()[1])
        context.sni_callback = lambda _socket, name, _context: peer.server_names.append(name)
        threads: list[Thread] = []
        accepting = Thread(target=_accept, args=(listener, peer, context, say, threads))
        accepting.start()
        ending.callback(_join, threads)
        ending.callback(accepting.join)
        ending.callback(listener.shutdown, SHUT_RDWR)
        yield peer


def _join(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join()


def _accept(listener: socket, peer: HttpsPeer, context: ssl.SSLContext, say: Say, threads: list[Thread]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        peer.connections += 1
        thread = Thread(target=_serve, args=(connection, peer, context, say))
        threads.append(thread)
        thread.start()


def _serve(connection: socket, peer: HttpsPeer, context: ssl.SSLContext, say: Say) -> None:
    connection.settimeout(PATIENCE_S)
    with connection, suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
        request = b""
        while b"\r\n\r\n" not in request and (chunk := secured.recv(65536)):
            request += chunk
        peer.requests.append(request)
        say(secured)
