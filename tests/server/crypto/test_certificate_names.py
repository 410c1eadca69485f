"""Which hosts a certificate is for; OpenSSL, which most clients are, is asked for a second opinion."""

import ssl
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificate

from keyfob_server.crypto.certificate_names import names_of
from keyfob_server.ports.certificates import CertificateFiles
from support_certificates import certificate_for, trusting


def accepted_by_a_client(files: CertificateFiles, host: str) -> bool:
    """A real handshake in memory, by a client that trusts the certificate and asked for `host`."""
    trust, serving = trusting(files.certificate), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.hostname_checks_common_name = False
    serving.load_cert_chain(files.certificate, files.key)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trust.wrap_bio(to_client, to_server, server_hostname=host)
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                if "mismatch" not in error.verify_message:
                    raise
                return False
            if side is client:
                return True
    raise AssertionError("the handshake does not end")


@pytest.mark.parametrize(
    ("names", "host", "good"),
    [
        (("id.example.com",), "id.example.com", True),
        (("ID.Example.COM",), "id.example.com", True),
        (("other.example.com", "id.example.com"), "id.example.com", True),
        (("id.example.com",), "example.com", False),
        (("example.com",), "id.example.com", False),
        (("id.example.com",), "id.example.com.evil.example", False),
        (("id.example.com",), "xid.example.com", False),
        (("*.example.com",), "id.example.com", True),
        (("*.EXAMPLE.com",), "id.example.com", True),
        (("*.example.com",), "example.com", False),
        (("*.example.com",), "a.id.example.com", False),
        (("*.id.example.com",), "id.example.com", False),
        (("i*.example.com",), "id.example.com", False),
        (("*d.example.com",), "id.example.com", False),
        (("id.*.com",), "id.example.com", False),
        (("*.*.com",), "id.example.com", False),
        (("**.example.com",), "id.example.com", False),
        (("*.com",), "example.com", False),
        (("*",), "localhost", False),
        (("*.localhost",), "id.localhost", False),
        (("*.example.com",), "xn--bcher-kva.example.com", True),
        (("localhost",), "localhost", True),
        (("192.0.2.7",), "192.0.2.7", True),
        (("192.0.2.7",), "192.0.2.8", False),
        (("2001:db8::7",), "2001:db8::7", True),
        (("2001:db8::7",), "2001:db8:0:0::7", True),
        (("2001:db8::7",), "2001:db8::8", False),
        (("id.example.com",), "192.0.2.7", False),
        (("192.0.2.7",), "id.example.com", False),
        (("dns:192.0.2.7",), "192.0.2.7", False),
        ((), "id.example.com", False),
    ],
)
def test_a_host_is_covered_as_clients_see_it(tmp_path: Path, names: tuple[str, ...], host: str, *, good: bool) -> None:
    files = certificate_for(tmp_path, *names, common_name=host)
    found = names_of(load_pem_x509_certificate(files.certificate.read_bytes()))
    assert sorted(found.all) == sorted(name.removeprefix("dns:") for name in names)
    assert found.cover(host) is good
    assert accepted_by_a_client(files, host) is good


@pytest.mark.parametrize("host", ["", ".example.com", "example.com"])
def test_a_wildcard_stands_for_a_label_and_never_for_nothing(tmp_path: Path, host: str) -> None:
    files = certificate_for(tmp_path, "*.example.com")
    assert not names_of(load_pem_x509_certificate(files.certificate.read_bytes())).cover(host)
