"""`keyfob serve --demo --tls` as a process, and clients that trust its authority alone."""

import json
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support_app import LOGOUT, authorize_path
from support_certificates import trusting
from support_keyfob_program import keyfob
from support_polling import eventually
from support_process import ServerProcess, serving

pytestmark = pytest.mark.slow
# A closed connection, or one that was reset before its last bytes were read.
NO_ANSWER = (httpx.RemoteProtocolError, httpx.ReadError)
METADATA = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("tls"), "--tls") as started:
        yield started


def trusting_client(server: ServerProcess) -> httpx.Client:
    assert server.authority
    return httpx.Client(verify=trusting(server.authority), trust_env=False)


def test_the_output_names_the_authority_that_lies_in_the_data_folder(secured: ServerProcess) -> None:
    assert secured.authority == secured.data_dir / "ca.pem"
    assert secured.issuer.startswith("https://localhost:")
    assert secured.admin_url.startswith("https://localhost:")


def test_a_client_that_trusts_the_authority_alone_reads_metadata_of_https_addresses(secured: ServerProcess) -> None:
    with trusting_client(secured) as client:
        document = client.get(secured.issuer + METADATA).json()
        assert document["issuer"] == secured.issuer
        addresses = [value for name, value in document.items() if name.endswith(("_endpoint", "_uri"))]
        assert len(addresses) > 6
        assert all(address.startswith(secured.base_url + "/") for address in addresses)
        assert client.get(document["jwks_uri"]).json()["keys"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_server_is_trusted_under_each_of_its_names(secured: ServerProcess, host: str) -> None:
    port = urlsplit(secured.base_url).port
    with trusting_client(secured) as client:
        assert client.get(f"https://{host}:{port}{LOGOUT}").status_code == 200


def test_a_client_that_trusts_what_the_system_trusts_goes_no_further(secured: ServerProcess) -> None:
    with httpx.Client(trust_env=False) as client, pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        client.get(secured.issuer + METADATA)


def test_curl_reads_the_metadata_with_the_authoritys_file(secured: ServerProcess) -> None:
    command = ["curl", "--silent", "--show-error", "--fail", "--noproxy", "*", secured.issuer + METADATA]
    done = subprocess.run([*command, "--cacert", str(secured.authority)], capture_output=True, check=True)
    assert json.loads(done.stdout)["issuer"] == secured.issuer
    without = subprocess.run(command, capture_output=True, check=False)
    assert (without.returncode, without.stdout) == (60, b"")


def test_the_admin_listener_speaks_tls_and_nothing_else(secured: ServerProcess) -> None:
    health = secured.admin_url.removesuffix("/admin") + "/health/ready"
    with trusting_client(secured) as client:
        assert client.get(health).text == "ready\n"
        assert client.get(secured.admin_url).status_code in {200, 303}
    with httpx.Client(trust_env=False) as client, pytest.raises(NO_ANSWER):
        client.get(health.replace("https:", "http:"))


def test_k10_cookies_are_secure_and_bound_to_the_host(secured: ServerProcess) -> None:
    query = {"client_id": "mobile-dcr-client", "response_type": "code", "scope": "dcr", "state": "s"}
    more = {
        "redirect_uri": "io.curity.dcrclient:/callback",
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    with trusting_client(secured) as client:
        page = client.get(secured.base_url + authorize_path(**query, **more))
        assert page.status_code == 200
        cookies = page.headers.get_list("set-cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie


def test_localhost_is_not_bound_to_https_for_every_other_server_on_it(secured: ServerProcess) -> None:
    with trusting_client(secured) as client:
        for url in (secured.issuer + METADATA, secured.base_url + LOGOUT, secured.admin_url, secured.base_url + "/x"):
            assert "strict-transport-security" not in client.get(url).headers


def test_k10_plain_http_and_foreign_handshakes_leave_no_error_in_the_log(secured: ServerProcess) -> None:
    before = len(secured.log_lines())
    with httpx.Client(trust_env=False) as client, pytest.raises(NO_ANSWER):
        client.get(secured.base_url.replace("https:", "http:"))
    address = ("127.0.0.1", urlsplit(secured.base_url).port)
    for begun in (b"", b"\x16\x03\x01", b"\x00" * 100):
        with socket.create_connection(address) as connection:
            connection.sendall(begun)
    with socket.create_connection(address) as connection, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(connection, server_hostname="localhost")
    with trusting_client(secured) as client:
        assert client.get(secured.issuer + METADATA).is_success
    eventually(lambda: len(secured.log_lines()) > before)
    assert {line["level"] for line in secured.log_lines()[before:]} == {"info"}


def test_a_second_start_has_the_same_authority_and_the_same_issuer(tmp_path: Path) -> None:
    with serving(tmp_path, "--tls") as first:
        assert first.authority
        authority = first.authority.read_bytes()
    with serving(tmp_path, "--tls") as again:
        assert again.issuer == first.issuer
        assert again.authority
        assert again.authority.read_bytes() == authority


def test_the_other_commands_find_the_installation_of_a_demo_with_tls(secured: ServerProcess, tmp_path: Path) -> None:
    config = ("--config", str(secured.data_dir / "keyfob.toml"))
    assert keyfob(*config, "check-config", cwd=tmp_path).out.endswith("the settings are good\n")
    assert "demouser" in keyfob(*config, "account", "list", cwd=tmp_path).out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--host", "127.0.0.2"), "with TLS the demo listens on localhost or 127.0.0.1 or ::1, not on 127.0.0.2"),
        (("--base-url", "http://localhost:1"), "the base URL must begin with https:// when the demo speaks TLS"),
    ],
)
def test_the_demo_does_not_start_where_its_certificate_would_be_wrong(
    tmp_path: Path, arguments: tuple[str, ...], why: str
) -> None:
    ports = ("--port", "0", "--admin-port", "0")
    assert keyfob("serve", "--demo", "--tls", *ports, *arguments, cwd=tmp_path).refusal(5) == why
    assert list(tmp_path.iterdir()) == []


def test_tls_without_the_demo_is_a_matter_of_settings(tmp_path: Path) -> None:
    assert keyfob("serve", "--tls", cwd=tmp_path).refusal(2).startswith("--tls goes with --demo")
