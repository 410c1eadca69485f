"""The hosts that a certificate is for: DNS names and addresses of its subjectAltName (RFC 9525, once RFC 6125).

A common name counts for nothing (RFC 9525 section 2), as with every client of today.
"""

import ipaddress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from cryptography.x509 import Certificate, DNSName, ExtensionNotFound, IPAddress, SubjectAlternativeName

_LEAST_LABELS: Final = 3
"""Of a name with a wildcard: nobody is issued, and clients do not accept, one for a whole top-level domain."""


@dataclass(frozen=True, slots=True)
class CertificateNames:
    dns: tuple[str, ...]
    addresses: tuple[IPv4Address | IPv6Address, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.dns, *map(str, self.addresses))

    def cover(self, host: str) -> bool:
        """Whether a client that asked for `host` accepts the certificate: an ASCII name, or an address (an IPv6 one
        without brackets).
        """
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return any(_matches(name.lower(), host.lower()) for name in self.dns)
        # an address is compared with addresses alone (RFC 9525 section 6.4)
        return address in self.addresses


def names_of(certificate: Certificate) -> CertificateNames:
    """Raises ValueError when its extensions cannot be read."""
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return CertificateNames((), ())
    addresses = names.get_values_for_type(IPAddress)
    # one with a mask is for name constraints, and names no host
    hosts = tuple(one for one in addresses if isinstance(one, IPv4Address | IPv6Address))
    return CertificateNames(tuple(names.get_values_for_type(DNSName)), hosts)


def _matches(name: str, host: str) -> bool:
    """A wildcard is the whole left-most label, and stands for exactly one (RFC 9525 section 6.3)."""
    first, _, rest = name.partition(".")
    if first != "*":
        return "*" not in name and name == host
    label, _, parent = host.partition(".")
    return bool(label) and rest == parent and name.count(".") + 1 >= _LEAST_LABELS
