"""The base URL: https, or http on a loopback host alone, in one spelling."""

import pytest

from keyfob_server.settings import SettingsError, load_settings
from keyfob_server.settings.base_url import check_base_url, is_loopback

GOOD = [
    "https://id.example.com",
    "https://id.example.com:8443",
    "https://xn--bcher-kva.example",
    "https://localhost:8443",
    "https://192.0.2.7",
    "https://[2001:db8::1]:8443",
]
LOOPBACK = ["http://127.0.0.1", "http://127.0.0.1:8443", "http://127.8.9.1", "http://[::1]:8443", "http://localhost:1"]


@pytest.mark.parametrize("url", GOOD + LOOPBACK)
def test_a_good_base_url_is_taken_as_it_is(url: str) -> None:
    assert check_base_url(url) == url
    assert load_settings(None, {"KEYFOB_BASE_URL": url}).policy.issuer == url + "/oauth/v2/oauth-anonymous"


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example.com",
        "http://id.example.com:8443",
        "http://192.168.1.10:8443",
        "http://0.0.0.0:8443",
        "http://[::]:8443",
        "http://[::ffff:7f00:1]:8443",
        "http://[2001:db8::1]",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1.nip.io",
        "http://10.0.0.1",
    ],
)
def test_k10_plain_http_is_refused_beyond_loopback(url: str) -> None:
    with pytest.raises(SettingsError, match="must begin with https://; http is for a loopback host only"):
        load_settings(None, {"KEYFOB_BASE_URL": url})


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.10", "id.example.com"])  # noqa: S104  refused here
def test_k10_plain_http_is_never_served_to_the_network(host: str) -> None:
    with pytest.raises(SettingsError, match="must be a loopback address while base_url begins with http://"):
        load_settings(None, {"KEYFOB_BASE_URL": "http://127.0.0.1:8443", "KEYFOB_HOST": host})
    assert load_settings(None, {"KEYFOB_BASE_URL": "https://id.example.com", "KEYFOB_HOST": host}).host == host


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "must be https://host or https://host:port"),
        ("id.example.com", "must be https://host or https://host:port"),
        ("https://", "must be https://host or https://host:port"),
        ("https:///", "must be https://host or https://host:port"),
        ("https://user@id.example.com", "must be https://host or https://host:port"),
        ("https://user:pw@id.example.com", "must be https://host or https://host:port"),
        ("https://id.example.com@evil.example", "must be https://host or https://host:port"),
        ("https://" + "a" * 200, "must be https://host or https://host:port"),
        ("https://id.example.com/", "must end after host and port, without '/'"),
        ("https://id.example.com/auth", "must end after host and port, without '/auth'"),
        ("https://id.example.com:8443/", "must end after host and port, without '/'"),
        ("https://id.example.com?x", "must end after host and port, without '\\?x'"),
        ("https://id.example.com#x", "must end after host and port, without '#x'"),
        ("https://id.example.com:x", "must end after host and port, without 'x'"),
        ("https://id.example.com:8443\n", r"must end after host and port, without '\\n'"),
        ("ftp://id.example.com", "must begin with https://, not 'ftp://'"),
        ("HTTPS://id.example.com", "must be in lower case: 'https://id.example.com'"),
        ("https://ID.example.com", "must be in lower case: 'https://id.example.com'"),
        ("https://id.example.com:443", "must leave out :443"),
        ("http://localhost:80", "must leave out :80"),
        ("https://id.example.com:", "must have a port from 1 to 65535, not ''"),
        ("https://id.example.com:0", "must have a port from 1 to 65535, not '0'"),
        ("https://id.example.com:08443", "must have a port from 1 to 65535, not '08443'"),
        ("https://id.example.com:65536", "must have a port from 1 to 65535, not '65536'"),
        ("https://bücher.example", "must name a host by its ASCII name or its IP address"),
        ("https://id_1.example.com", "must name a host by its ASCII name or its IP address"),
        ("https://id.example.com.", "must name a host by its ASCII name or its IP address"),
        ("https://-id.example.com", "must name a host by its ASCII name or its IP address"),
        ("https://127.1", "must name a host by its ASCII name or its IP address"),
        ("https://[127.0.0.1]", "must be https://host or https://host:port|must name a host"),
        ("https://[2001:db8:0::1]", r"must write its host as \[2001:db8::1\]"),
        ("https://id example.com", "must name a host by its ASCII name or its IP address"),
    ],
)
def test_another_spelling_is_refused_saying_why(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_base_url(url)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("localhost", True), ("::1", True), ("[::1]", True), ("127.0.0.1", True), ("127.255.0.1", True),
     ("128.0.0.1", False), ("localhost.example", False), ("::2", False), ("", False)],
)  # fmt: skip
def test_loopback_is_this_machine_alone(host: str, loopback: bool) -> None:  # noqa: FBT001  a column of the table
    assert is_loopback(host) is loopback
