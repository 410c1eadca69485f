"""Which URIs may be fetched, and which addresses connected to."""

import socket
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.rules.outbound_addresses import (
    DEFAULT_PORTS,
    OutboundRules,
    Target,
    address_fault,
    outbound_rules,
    parse_network,
    parse_ports,
    target_of,
    uri_fault,
)
from support_outbound_spellings import INNER_SPELLINGS, LOOPBACK_SPELLINGS

RULES = OutboundRules()
SPELLINGS = LOOPBACK_SPELLINGS + INNER_SPELLINGS

REFUSED_NETWORKS = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.175.48.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/3",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "4000::/2",
    "8000::/1",
)
"""Each as wide as it goes: the addresses beside it are public, or of the next one."""
PUBLIC = (
    *("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "93.184.215.14", "100.63.255.255", "100.128.0.0"),
    *("126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0"),
    *("191.255.255.255", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0"),
    *("198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0"),
    *("223.255.255.255", "2000::1", "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1"),
    *("2606:2800:21f:cb07:6820:80da:af6b:8b2c", "2a00:1450:4001:80e::200e", "3ffe:ffff::1", "3fff:1000::1"),
)
KINDS = {
    "0.0.0.0": "is unspecified",  # noqa: S104 - an address to judge
    "::": "is unspecified",
    "127.0.0.1": "is loopback",
    "::1": "is loopback",
    "10.1.2.3": "is private",
    "172.20.0.1": "is private",
    "192.168.178.1": "is private",
    "fd12::1": "is private",
    "fec0::1": "is private",
    "169.254.169.254": "is link-local",
    "fe80::1": "is link-local",
    "224.0.0.251": "is multicast",
    "ff02::1": "is multicast",
    "100.64.0.1": "is of a provider's inner network",
    "0.1.2.3": "is of this network",
    "192.0.0.8": "is of a protocol",
    "2001::1": "is of a protocol",
    "192.88.99.1": "is of a protocol",
    "192.175.48.6": "is of a protocol",
    "168.63.129.16": "is of a cloud's inner network",
    "203.0.113.7": "is for documentation",
    "2001:db8::7": "is for documentation",
    "198.19.0.1": "is for benchmarks",
    "255.255.255.255": "is reserved",
    "::ffff:8.8.8.8": "is an IPv4 address in disguise",
    "::8.8.8.8": "is an IPv4 address in disguise",
    "64:ff9b::8.8.8.8": "is an IPv4 address in disguise",
    "64:ff9b:1::1": "is an IPv4 address in disguise",
    "2002:808:808::1": "is an IPv4 address in disguise",
    "4000::1": "is not assigned to anybody",
    "2a00::1%eth0": "has a zone",
    "127.1": "is no IP address",
    "2130706433": "is no IP address",
    "": "is no IP address",
}


def test_the_table_holds_at_least_sixty_spellings_each_once() -> None:
    assert len(set(SPELLINGS)) == len(SPELLINGS) >= 60


@pytest.mark.parametrize("host", SPELLINGS, ids=ascii)
@pytest.mark.parametrize("ending", ["/x", ":8443/x", ""])
def test_a_host_that_is_an_address_in_whatever_spelling_is_refused_before_any_look_up(host: str, ending: str) -> None:
    assert uri_fault(f"https://{host}{ending}") is not None
    assert target_of(f"https://{host}{ending}", RULES) == uri_fault(f"https://{host}{ending}")


def read_by_the_system(host: str) -> set[str]:
    """The addresses that it reads in a spelling without asking anybody."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, 443, flags=socket.AI_NUMERICHOST)}
    except (OSError, UnicodeError):
        return set()


def test_whatever_the_system_reads_in_such_a_spelling_is_refused_as_an_address_too() -> None:
    # The system reads these as octal numbers, others as decimal ones.
    spellings = set(SPELLINGS) - {"", "0127.0.0.1", "02130706433"}
    read = {host: addresses for host in spellings if (addresses := read_by_the_system(host.strip("[]")))}
    assert len(read) > 40
    public = {host for host, addresses in read.items() for text in addresses if address_fault(text, RULES) is None}
    assert public == set()


@pytest.mark.parametrize(("address", "fault"), KINDS.items())
def test_a_refused_address_is_told_by_its_kind(address: str, fault: str) -> None:
    assert address_fault(address, RULES) == fault


@pytest.mark.parametrize("network", REFUSED_NETWORKS)
def test_a_network_that_is_not_public_is_refused_from_its_first_to_its_last_address(network: str) -> None:
    whole = ip_network(network)
    for address in (whole[0], whole[1], whole[whole.num_addresses // 2], whole[-2], whole[-1]):
        assert address_fault(str(address), RULES) is not None


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed_also_right_beside_a_refused_network(address: str) -> None:
    assert address_fault(address, RULES) is None


@given(st.ip_addresses())
def test_no_address_that_the_standard_library_calls_private_or_special_is_public(address: object) -> None:
    known = ip_address(str(address))
    special = known.is_private or known.is_multicast or known.is_reserved or known.is_link_local or known.is_loopback
    assert not special or address_fault(str(known), RULES) is not None


def test_only_the_allowed_network_itself_becomes_public() -> None:
    rules = outbound_rules(allowed_addresses=("10.1.0.0/16", "fd00::1"), allowed_ports=DEFAULT_PORTS)
    assert address_fault("10.1.255.255", rules) is None
    assert address_fault("fd00::1", rules) is None
    for other in ("10.2.0.0", "fd00::2", "127.0.0.1", "::ffff:10.1.0.1", "::10.1.0.1", "fd00::1%lo"):
        assert address_fault(other, rules) is not None


TARGETS = {
    "https://app.example": Target("app.example", 443, "/"),
    "https://app.example/": Target("app.example", 443, "/"),
    "https://app.example/sector.json?a=%20b&c": Target("app.example", 443, "/sector.json?a=%20b&c"),
    "https://app.example?": Target("app.example", 443, "/?"),
    "https://app.example:443/x": Target("app.example", 443, "/x"),
    "https://app.example:1024/x": Target("app.example", 1024, "/x"),
    "https://xn--bcher-kva.example:65535/": Target("xn--bcher-kva.example", 65535, "/"),
    "https://localhost:8443/": Target("localhost", 8443, "/"),
}


@pytest.mark.parametrize(("uri", "target"), TARGETS.items())
def test_a_uri_leads_to_a_name_a_port_and_a_path(uri: str, target: Target) -> None:
    assert target_of(uri, RULES) == target


def test_the_host_header_names_a_port_that_is_not_the_usual_one() -> None:
    assert Target("app.example", 443, "/").authority == "app.example"
    assert Target("app.example", 8443, "/").authority == "app.example:8443"


REFUSED_URIS = {
    "http://app.example/": "is not an https URI",
    "http://localhost/": "is not an https URI",
    "HTTPS://app.example/": "is not an https URI",
    "ftp://app.example/": "is not an https URI",
    "file:///etc/passwd": "is not an https URI",
    "gopher://app.example/": "is not an https URI",
    "//app.example/": "is not an https URI",
    "/sector.json": "is not an https URI",
    "": "is not an https URI",
    "https:app.example": "has no host",
    "https:///x": "has no host",
    "https://user@app.example/": "holds a user name or a password",
    "https://user:password@app.example/": "holds a user name or a password",
    "https://app.example@127.0.0.1/": "holds a user name or a password",
    "https://app.example/x#y": "has a fragment",
    "https://app.example/x#": "has a fragment",
    "https://app.example/../x": "holds a dot segment, which browsers would resolve to another path",
    "https://app.example/\u00e9": "holds a character that a URI cannot hold (RFC 3986), or a bad percent escape",
    "https://b\u00fccher.example/": "holds a character that a URI cannot hold (RFC 3986), or a bad percent escape",
    "https://app.example\\@127.0.0.1/": "holds a character that a URI cannot hold (RFC 3986), or a bad percent escape",
    "https://app.example/\r\nHost: x": "holds a character that a URI cannot hold (RFC 3986), or a bad percent escape",
    "https://app.example:0/": "has a port that is not a number from 1 to 65535",
    "https://app.example:65536/": "has a port that is not a number from 1 to 65535",
    "https://app.example:/": "has a port that is not a number from 1 to 65535",
    "https://app.example:0x1bb/": "has a port that is not a number from 1 to 65535",
    "https://app.example:22/": "has a port that is not allowed",
    "https://app.example:80/": "has a port that is not allowed",
    "https://app.example:1023/": "has a port that is not allowed",
    "https://app.example/" + "x" * 1981: "is longer than 2000 characters",
}


@pytest.mark.parametrize(("uri", "fault"), REFUSED_URIS.items(), ids=range(len(REFUSED_URIS)))
def test_a_uri_that_is_no_plain_https_address_of_a_name_is_refused(uri: str, fault: str) -> None:
    assert target_of(uri, RULES) == fault


@given(st.text() | st.text("https:/.@#?[]%0x1270localhost\\", max_size=60).map("https://".__add__))
def test_any_text_is_a_target_with_a_lower_case_name_or_a_fault(text: str) -> None:
    target = target_of(text, RULES)
    if isinstance(target, Target):
        assert target.host == target.host.lower() != ""
        assert not target.host.rpartition(".")[2].isdecimal()
        assert target.path_and_query.startswith("/")
    else:
        assert target


def test_ports_are_allowed_one_by_one_and_from_to() -> None:
    rules = outbound_rules(allowed_addresses=(), allowed_ports=("443", "8000-8002"))
    assert [port for port in range(1, 65536) if isinstance(target_of(f"https://a.example:{port}", rules), Target)] == [
        *(443, 8000, 8001, 8002)
    ]
    assert outbound_rules(allowed_addresses=(), allowed_ports=DEFAULT_PORTS) == RULES


@pytest.mark.parametrize(
    "text", ["", "x", "0", "65536", "8000-7000", "1-65536", "-1", "1-", "443 ", "\u0664\u0664\u0663"]
)
def test_a_text_that_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a port"):
        parse_ports(text)


@pytest.mark.parametrize("text", ["", "x", "10.1", "10.1.0.1/16", "10.0.0.0/33", "localhost", "2130706433", "[::1]"])
def test_a_text_that_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a network"):
        parse_network(text)
