"""Whom the server trusts."""

import ssl
from pathlib import Path

import pytest

from keyfob_server.outbound.exchange import CaFileUnusable, trusted_authorities
from support_https_peer import Authority


def test_authorities_of_a_file_are_trusted_beside_those_of_the_system(authority: Authority) -> None:
    system = len(ssl.create_default_context().get_ca_certs())
    assert len(trusted_authorities(None).get_ca_certs()) == system
    assert len(trusted_authorities(authority.ca_file).get_ca_certs()) == system + 1


def test_certificates_and_names_are_checked_always(authority: Authority) -> None:
    context = trusted_authorities(authority.ca_file)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_file_without_certificates_is_told_in_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(CaFileUnusable, match=r"\Aoutbound\.ca_file: cannot read certificates from [^\n]+\Z"):
        trusted_authorities(path)
