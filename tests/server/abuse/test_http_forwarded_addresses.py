"""Whom limits count: the peer, or the address that a trusted proxy saw, and never what a caller says of itself."""

from collections.abc import Iterable

import pytest

from keyfob_server.rules.remote_address import NOWHERE, RemoteAddress
from keyfob_server.web.address import AddressReader

PROXIES = AddressReader(("10.0.0.0/8", "fd00::/8", "192.0.2.7"))


def located(reader: AddressReader, peer: str | None, *fields: str) -> RemoteAddress:
    headers: Iterable[tuple[bytes, bytes]] = [(b"x-forwarded-for", field.encode("latin-1")) for field in fields]
    return reader.read({"client": None if peer is None else (peer, 50000), "headers": [(b"host", b"x"), *headers]})


@pytest.mark.parametrize("said", ["198.51.100.9", "198.51.100.9, 10.0.0.1", "10.0.0.1", "junk", ""])
@pytest.mark.parametrize("reader", [AddressReader(), PROXIES], ids=["no proxies", "a stranger"])
def test_k2_nobody_but_a_trusted_proxy_is_believed(reader: AddressReader, said: str) -> None:
    assert located(reader, "203.0.113.5", said).address == "203.0.113.5"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ((), "10.0.0.1"),
        (("198.51.100.9",), "198.51.100.9"),
        (("1.1.1.1, 198.51.100.9",), "198.51.100.9"),
        (("1.1.1.1,198.51.100.9",), "198.51.100.9"),
        (("1.1.1.1 ,\t198.51.100.9 ",), "198.51.100.9"),
        (("198.51.100.9, 10.9.9.9",), "198.51.100.9"),
        (("1.1.1.1, 198.51.100.9, 192.0.2.7, 10.9.9.9",), "198.51.100.9"),
        (("10.1.1.1, 10.2.2.2",), "10.1.1.1"),
        (("1.1.1.1", "198.51.100.9"), "198.51.100.9"),
        (("198.51.100.9", "10.2.2.2"), "198.51.100.9"),
        (("198.51.100.9:443",), "198.51.100.9"),
        (("[2001:db8::1]:443",), "2001:db8::1"),
        (("[2001:db8::1]",), "2001:db8::1"),
        (("2001:DB8:0:0::1",), "2001:db8::1"),
        (("::ffff:198.51.100.9",), "198.51.100.9"),
        (("fe80::1%eth0",), "fe80::1"),
        (("198.51.100.9, fd00::2",), "198.51.100.9"),
        (("198.51.100.9, ::ffff:10.3.3.3",), "198.51.100.9"),
    ],
)
def test_k2_behind_trusted_proxies_the_right_most_address_that_is_none_of_them_counts(
    fields: tuple[str, ...], address: str
) -> None:
    assert located(PROXIES, "10.0.0.1", *fields).address == address


@pytest.mark.parametrize(
    "garbage",
    [
        "", ",", "unknown", "_hidden", "198.51.100", "198.51.100.9.1", "198.51.100.256", "0198.51.100.9", "3325256713",
        "0x7f.0.0.1", "198.51.100.9:", "198.51.100.9:x", "198.51.100.9:80:80", "[198.51.100.9]", "[2001:db8::1",
        "2001:db8::1]", "[2001:db8::1]443", "[2001:db8::1]:", "[2001:db8::1]:²", "2001:db8::1::2", "[]", "[]:1",
        '"198.51.100.9"', "for=198.51.100.9", "198.51.100.9;1.1.1.1", "198.51.100.9 1.1.1.1", "1.1.1.1\x00", "é",
        "x" * 5000,
    ],
    ids=lambda text: text[:30] or "empty",
)  # fmt: skip
def test_k2_behind_an_address_that_cannot_be_read_everybody_is_the_proxy_that_wrote_it(garbage: str) -> None:
    assert located(PROXIES, "10.0.0.1", f"198.51.100.9, {garbage}").address == "10.0.0.1"
    assert located(PROXIES, "10.0.0.1", f"198.51.100.9, {garbage}, 10.4.4.4").address == "10.4.4.4"


def test_k2_of_a_list_without_end_only_the_last_hops_are_read() -> None:
    assert located(PROXIES, "10.0.0.1", "198.51.100.9, " + "10.5.5.5, " * 1000 + "10.6.6.6").address == "10.5.5.5"


@pytest.mark.parametrize("peer", [None, "", "testclient", "/run/keyfob.sock"])
def test_k2_a_peer_without_an_address_is_nobody_and_is_not_believed(peer: str | None) -> None:
    assert located(PROXIES, peer, "198.51.100.9") == NOWHERE


@pytest.mark.parametrize(
    ("peer", "network", "counted"),
    [
        ("198.51.100.9", "198.51.100.0/24", "198.51.100.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.9", "198.51.100.0/24", "198.51.100.9"),
    ],
)
def test_k2_an_ipv4_address_counts_alone_and_an_ipv6_address_as_its_network(
    peer: str, network: str, counted: str
) -> None:
    found = located(AddressReader(), peer)
    assert (found.network, found.counted) == (network, counted)
