"""Whom a request comes from: the peer of the connection, or whom a trusted proxy names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from keyfob_server.rules.remote_address import NOWHERE, RemoteAddress
from keyfob_server.web.asgi import Scope

_Ip = IPv4Address | IPv6Address
_Networks = tuple[IPv4Network | IPv6Network, ...]
_MAX_HOPS: Final = 32
_NETWORK: Final = {4: 24, 6: 64}
_SITE: Final = {4: 24, 6: 48}


@dataclass(frozen=True, slots=True)
class AddressReader:
    """`X-Forwarded-For` is believed from a trusted proxy only, and then from the right: each proxy appends the peer
    that it saw, and what stands left of the first address that is no proxy of ours, its sender may have made up.
    """

    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks (CIDR)."""

    def read(self, scope: Scope) -> RemoteAddress:
        client = scope.get("client")
        found: str = client[0] if client else ""
        if self.trusted_proxies:
            networks = _networks(self.trusted_proxies)
            for hop in _hops(scope):
                named = _without_port(hop)
                # whoever is behind a proxy that names no address counts as that proxy
                if not _is_in(networks, found) or _parsed(named) is None:
                    break
                found = named
        return _located(found)


def remote_address(scope: Scope) -> RemoteAddress:
    """Of a request that the public listener took."""
    found: RemoteAddress = scope["remote_address"]
    return found


def _hops(scope: Scope) -> Iterator[str]:
    """The elements of all fields of that name as one list (RFC 9110 section 5.3), from the right."""
    fields: list[bytes] = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = b",".join(fields).decode("latin-1").rsplit(",", maxsplit=_MAX_HOPS) if fields else []
    for hop in reversed(hops[-_MAX_HOPS:]):
        yield hop.strip(" \t")


def _without_port(hop: str) -> str:
    """`192.0.2.1:80`, `[2001:db8::1]` and `[2001:db8::1]:80` without what is not the address."""
    if hop.startswith("["):
        address, bracket, port = hop[1:].partition("]")
        return address if bracket and ":" in address and _is_port(port) else ""
    address, colon, port = hop.partition(":")
    return address if "." in address and _is_port(colon + port) else hop


def _is_port(text: str) -> bool:
    return not text or (text[0] == ":" and text[1:].isascii() and text[1:].isdecimal())


def _parsed(text: str) -> _Ip | None:
    """An IPv4 address that is written as an IPv6 one is the IPv4 one; a zone is not kept."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        return found.ipv4_mapped or IPv6Address(int(found))
    return found


@lru_cache(maxsize=4096)
def _located(text: str) -> RemoteAddress:
    found = _parsed(text)
    if found is None:
        return NOWHERE
    network, site = (ip_network((found, prefix[found.version]), strict=False) for prefix in (_NETWORK, _SITE))
    return RemoteAddress(str(found), str(network), str(site))


@lru_cache(maxsize=8)
def _networks(texts: tuple[str, ...]) -> _Networks:
    return tuple(ip_network(text) for text in texts)


def _is_in(networks: _Networks, text: str) -> bool:
    found = _parsed(text)
    return found is not None and any(found in network for network in networks)
