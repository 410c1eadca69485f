import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidTarget
from keyfob_protocol.resource_indicators import check_resources
from keyfob_protocol.uris import UriParts, is_loopback, split_uri, web_uri_fault


def test_the_example_of_rfc_3986_appendix_b() -> None:
    assert split_uri("http://www.ics.uci.edu/pub/ietf/uri/#Related") == UriParts(
        "http", "www.ics.uci.edu", "/pub/ietf/uri/", None, "Related"
    )


@pytest.mark.parametrize(("uri", "host", "port"), [
    ("foo://example.com:8042/over/there?name=ferret#nose", "example.com", "8042"),
    ("ldap://[2001:db8::7]/c=GB", "[2001:db8::7]", None),
    ("http://[::1]:80", "[::1]", "80"), ("http://a:", "a", ""), ("http://a:1:2", "a", "1:2"),
    ("mailto:a@b.example", "", None),
    ("http://[::1", "[", ":1"),
])  # fmt: skip
def test_host_and_port_stand_in_the_authority(uri: str, host: str, port: str | None) -> None:
    parts = split_uri(uri)
    assert parts is not None
    assert (parts.host, parts.port) == (host, port)


@given(st.text("ab:/?#[]@.%1", max_size=20) | st.text(max_size=20))
def test_the_parts_put_together_are_the_uri(uri: str) -> None:
    parts = split_uri(uri)
    if parts is None:
        return
    authority = "" if parts.authority is None else f"//{parts.authority}"
    query = "" if parts.query is None else f"?{parts.query}"
    fragment = "" if parts.fragment is None else f"#{parts.fragment}"
    assert f"{parts.scheme}:{authority}{parts.path}{query}{fragment}" == uri


@pytest.mark.parametrize("uri", ["", "a", "/a", "//a/b", "?a", ":a", "1a:b", "a b:c", "\u00e9:a", "-a:b"])
def test_what_has_no_scheme_is_no_uri(uri: str) -> None:
    assert split_uri(uri) is None


@pytest.mark.parametrize(("uri", "loopback"), [
    ("http://127.0.0.1:1/", True), ("http://[::1]/", True), ("http://localhost/", True), ("http://127.0.0.2/", False),
    ("http://localhost.example/", False), ("http://[::2]/", False),
])  # fmt: skip
def test_only_three_hosts_are_loopback(uri: str, loopback: bool) -> None:  # noqa: FBT001 - a row of the table
    parts = split_uri(uri)
    assert parts is not None
    assert is_loopback(parts) is loopback


def test_addresses_stand_for_names_where_that_is_asked_for() -> None:
    assert web_uri_fault("https://10.0.2.2:8443/x", ip_hosts=True) is None
    assert web_uri_fault("https://[2001:db8::1]/x", ip_hosts=True) is None
    assert web_uri_fault("https://10.0.2.2:8443/x") == "has an IP address for a host; give a name"


def test_a_resource_is_any_absolute_uri_without_a_fragment() -> None:
    check_resources(("https://api.example/v1?x=1", "urn:example:api"))
    with pytest.raises(InvalidTarget):
        check_resources(("https://api.example/v1", "/v1"))
