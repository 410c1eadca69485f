"""The registries of special-purpose addresses (RFC 6890; IANA, as of 2025), which ipaddress knows by halves: none of
their networks is fetched from, also where the registry says that it can be reached from everywhere.
"""

from ipaddress import ip_network

import pytest

from keyfob_server.rules.outbound_addresses import OutboundRules, address_fault

RULES = OutboundRules()
IPV4 = (
    *("0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31"),
    *("192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24"),
    *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32"),
)
IPV6 = (
    *("::1/128", "::/128", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64"),
    *("2001::/23", "2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32"),
    *("2001:4:112::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16"),
    *("2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10"),
)
MACHINES = {
    "168.63.129.16": "Azure",
    "169.254.169.254": "most",
    "169.254.170.2": "AWS containers",
    "fd00:ec2::254": "AWS",
    "100.100.100.200": "Alibaba",
    "192.0.0.192": "Oracle",
}
"""Where clouds answer their own guests, and hold their credentials."""
BESIDE = (
    *("168.63.129.15", "168.63.129.17", "192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0"),
    *("192.175.47.255", "192.175.49.0", "2620:4f:7fff:ffff::1", "2620:4f:8001::", "2001:200::"),
)


@pytest.mark.parametrize("network", IPV4 + IPV6)
def test_no_network_of_the_registries_is_connected_to(network: str) -> None:
    whole = ip_network(network)
    for address in {whole[0], whole[whole.num_addresses // 2], whole[-1]}:
        assert address_fault(str(address), RULES) is not None, address


@pytest.mark.parametrize("address", MACHINES, ids=list(MACHINES.values()))
def test_no_address_at_which_a_cloud_answers_its_guests_is_connected_to(address: str) -> None:
    assert address_fault(address, RULES) is not None


@pytest.mark.parametrize("address", BESIDE)
def test_the_address_beside_is_as_public_as_before(address: str) -> None:
    assert address_fault(address, RULES) is None
