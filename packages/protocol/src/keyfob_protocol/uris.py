"""URIs as RFC 3986 writes them: strings that are taken apart, never rebuilt. Faults are told as a sentence, or None."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK_LITERALS = ("127.0.0.1", "[::1]")

_PARTS = re.compile(r"([^:/?#]*):(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_CHARACTERS = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_DOT_SEGMENT = re.compile(r"(?:\.|%2e){1,2}", re.IGNORECASE)
MAX_HOST_LENGTH = 253
MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class UriParts:
    """RFC 3986 section 3. None means that the part, with its delimiter, is not there."""

    scheme: str
    authority: str | None
    path: str
    query: str | None
    fragment: str | None

    @property
    def host(self) -> str:
        """Without the port; an IPv6 address keeps its brackets."""
        authority = self.authority or ""
        colon = _port_colon(authority)
        return authority if colon < 0 else authority[:colon]

    @property
    def port(self) -> str | None:
        authority = self.authority or ""
        colon = _port_colon(authority)
        return None if colon < 0 else authority[colon + 1 :]


def split_uri(uri: str) -> UriParts | None:
    """None when it has no scheme, so that it is a relative reference or no URI at all."""
    match = _PARTS.fullmatch(uri)
    if not match or not _SCHEME.fullmatch(match[1]):
        return None
    return UriParts(match[1], match[2], match[3], match[4], match[5])


def character_fault(uri: str) -> str | None:
    """Control characters, spaces, backslashes, bare brackets and everything else that RFC 3986 does not know."""
    if not _CHARACTERS.fullmatch(uri):
        return "holds a character that a URI cannot hold (RFC 3986), or a bad percent escape"
    parts = split_uri(uri)
    literal = uri.count("[") + uri.count("]")
    if literal and not (parts and literal == 2 and parts.host.startswith("[") and _is_ip_address(parts.host)):  # noqa: PLR2004 - one pair
        return "holds a square bracket outside an IPv6 address"
    return None


def is_loopback(parts: UriParts, *, localhost: bool = True) -> bool:
    """Whether the host is a loopback literal of RFC 8252 section 7.3, or, if `localhost`, that name."""
    return parts.host in LOOPBACK_LITERALS or (localhost and parts.host == "localhost")


def server_fault(parts: UriParts, *, ip_hosts: bool = False) -> str | None:
    """What is wrong with authority and path of an http or https URI; with `ip_hosts` an address may be the host."""
    if not parts.authority:
        return "has no host"
    if "@" in parts.authority:
        return "holds a user name or a password"
    if parts.port is not None and not (_PORT.fullmatch(parts.port) and int(parts.port) <= MAX_PORT):
        return "has a port that is not a number from 1 to 65535"
    if any(_DOT_SEGMENT.fullmatch(segment) for segment in parts.path.split("/")):
        return "holds a dot segment, which browsers would resolve to another path"
    return _host_fault(parts.host, ip_hosts=ip_hosts)


def web_uri_fault(uri: str, *, max_length: int = 2000, ip_hosts: bool = False) -> str | None:
    """What keeps `uri` from being an https URI, or an http one of this very machine."""
    if not uri or len(uri) > max_length:
        return f"is empty or longer than {max_length} characters"
    if fault := character_fault(uri):
        return fault
    parts = split_uri(uri)
    if parts is None or parts.scheme not in {"https", "http"}:
        return "is not an https URI"
    if parts.scheme == "http" and not is_loopback(parts):
        return "is an http URI; https is required except on loopback"
    return server_fault(parts, ip_hosts=ip_hosts or parts.scheme == "http")


def _host_fault(host: str, *, ip_hosts: bool) -> str | None:
    if _is_ip_address(host):
        return None if ip_hosts else "has an IP address for a host; give a name"
    if host != host.lower():
        return "has upper-case letters in its host; write them in lower case"
    labels = host.split(".")
    if len(host) > MAX_HOST_LENGTH or not all(_LABEL.fullmatch(label) for label in labels):
        return "has a host that is not a domain name"
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        # Browsers read such a host as an IPv4 address, whatever its number of dots.
        return "has a host that browsers read as an IP address"
    return None


def _is_ip_address(host: str) -> bool:
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True


def _port_colon(authority: str) -> int:
    """Where the colon before the port is, -1 when there is none; those of an IPv6 address do not count."""
    return authority.find(":", authority.rfind("]") + 1)
