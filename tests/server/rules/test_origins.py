"""What may be listed as a web origin."""

import pytest

from keyfob_server.rules.origins import origin_fault


@pytest.mark.parametrize(
    "origin",
    [
        "https://app.example",
        "https://app.example:8443",
        "https://192.0.2.7",
        "http://localhost:3000",
        "http://127.0.0.1",
        "http://[::1]:5173",
    ],
)
def test_an_origin_is_scheme_host_and_port_as_browsers_write_them(origin: str) -> None:
    assert origin_fault(origin) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("null", "is not an https URI"),
        ("*", "is not an https URI"),
        ("", "is empty"),
        ("https://*", "is not a domain name"),
        ("https://*.example", "is not a domain name"),
        ("app.example", "is not an https URI"),
        ("http://app.example", "https is required except on loopback"),
        ("http://127.0.0.1.evil.example", "https is required except on loopback"),
        ("io.curity.dcrclient:", "is not an https URI"),
        ("HTTPS://app.example", "is not an https URI"),
        ("https://App.example", "upper-case"),
        ("https://app.example/", "more than scheme, host and port"),
        ("https://app.example/path", "more than scheme, host and port"),
        ("https://app.example?x", "more than scheme, host and port"),
        ("https://app.example#", "more than scheme, host and port"),
        ("https://user@app.example", "user name"),
        ("https://app.example:443", "leave out"),
        ("http://localhost:80", "leave out"),
        ("https://app.example:", "a port that is not a number"),
        ("https://app.example:70000", "a port that is not a number"),
        ("https://app.example https://evil.example", "a character"),
        ("https://app.example\r\nx: y", "a character"),
        ("https://" + "a." * 150 + "example", "longer"),
    ],
)
def test_nothing_else_is_an_origin_and_least_of_all_null_or_a_wildcard(text: str, fault: str) -> None:
    assert fault in (origin_fault(text) or "")
