"""What the server may fetch, and which addresses it may connect to for it: https, names, and the public internet.

Registrations name URIs, so a stranger chooses them: everything that is not plainly public is refused, unless the
operator allowed its network.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from keyfob_protocol.uris import MAX_PORT, UriParts, character_fault, server_fault, split_uri

IpNetwork = IPv4Network | IPv6Network

MAX_URI_LENGTH = 2000
HTTPS_PORT = 443
DEFAULT_PORTS = ("443", "1024-65535")
"""Below 1024 live services that were never meant to be spoken to by strangers."""

_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
# IANA's registries of special-purpose addresses as a table of our own: Python's changes from version to version.
_KINDS = {
    "unspecified": ("0.0.0.0/32", "::/128"),
    "loopback": ("127.0.0.0/8", "::1/128"),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "of a provider's inner network": ("100.64.0.0/10",),
    "of this network": ("0.0.0.0/8",),
    "of a protocol": (
        *("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.175.48.0/24"),
        *("2001::/23", "2620:4f:8000::/48", "5f00::/16", "100::/64", "100:0:0:1::/64"),
    ),
    # Azure's machines have their own services there, and nobody else reaches it
    "of a cloud's inner network": ("168.63.129.16/32",),
    "for documentation": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    "for benchmarks": ("198.18.0.0/15",),
    "reserved": ("240.0.0.0/4",),
    # An IPv4 address travels inside: a router, or this machine, sends the packet on to it.
    "an IPv4 address in disguise": ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16"),
}
_NOT_PUBLIC = tuple((kind, ip_network(text)) for kind, texts in _KINDS.items() for text in texts)
# Everything else of IPv6 is not assigned to anybody, or stands above.
_PUBLIC_V6 = IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class OutboundRules:
    """What the operator decided."""

    allowed: tuple[IpNetwork, ...] = ()
    """Networks that count as public."""
    ports: tuple[range, ...] = (range(HTTPS_PORT, HTTPS_PORT + 1), range(1024, MAX_PORT + 1))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URI leads; its host is a name in lower case."""

    host: str
    port: int
    path_and_query: str

    @property
    def authority(self) -> str:
        """As the Host header spells it (RFC 9110 section 7.2)."""
        return self.host if self.port == HTTPS_PORT else f"{self.host}:{self.port}"


def uri_fault(uri: str) -> str | None:
    """What keeps `uri` from being one that may be fetched, whoever runs the server."""
    parts = split_uri(uri)
    if len(uri) > MAX_URI_LENGTH:
        return f"is longer than {MAX_URI_LENGTH} characters"
    if fault := character_fault(uri):
        return fault
    if parts is None or parts.scheme != "https":
        return "is not an https URI"
    if parts.fragment is not None:
        return "has a fragment"
    return server_fault(parts)


def target_of(uri: str, rules: OutboundRules) -> Target | str:
    """Where to connect, or in a text why not."""
    if fault := uri_fault(uri):
        return fault
    parts = split_uri(uri) or UriParts("", None, "", None, None)
    port = int(parts.port or HTTPS_PORT)
    if not any(port in allowed for allowed in rules.ports):
        return "has a port that is not allowed"
    query = "" if parts.query is None else f"?{parts.query}"
    return Target(parts.host, port, (parts.path or "/") + query)


def address_fault(text: str, rules: OutboundRules) -> str | None:
    """What keeps the server from connecting to an address, as a resolver gave it."""
    try:
        address = ip_address(text)
    except ValueError:
        return "is no IP address"
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return "has a zone"
    if any(address in network for network in rules.allowed):
        return None
    return _kind_fault(address)


def _kind_fault(address: IPv4Address | IPv6Address) -> str | None:
    for kind, network in _NOT_PUBLIC:
        if address in network:
            return f"is {kind}"
    if isinstance(address, IPv6Address) and address not in _PUBLIC_V6:
        return "is not assigned to anybody"
    return None


def outbound_rules(*, allowed_addresses: tuple[str, ...], allowed_ports: tuple[str, ...]) -> OutboundRules:
    """From the texts of the settings. Raises ValueError with a sentence."""
    return OutboundRules(
        allowed=tuple(parse_network(text) for text in allowed_addresses),
        ports=tuple(parse_ports(text) for text in allowed_ports),
    )


def parse_network(text: str) -> IpNetwork:
    """`10.1.0.0/16`, `fd00::/8`; an address alone is a network of one. Raises ValueError."""
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(
            f"must be a network such as 10.1.0.0/16, without bits beyond its length, not {text!a}"
        ) from None


def parse_ports(text: str) -> range:
    """`443` or `1024-65535`. Raises ValueError."""
    if match := _PORTS.fullmatch(text):
        first, last = int(match[1]), int(match[2] or match[1])
        if 1 <= first <= last <= MAX_PORT:
            return range(first, last + 1)
    raise ValueError(f"must be a port such as 443 or some such as 1024-65535, not {text!a}")
