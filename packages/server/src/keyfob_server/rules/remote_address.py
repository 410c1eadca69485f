"""Where a request came from, as far as the server can know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """Made by `web.address` alone. All texts are empty when the peer has no IP address (a Unix socket)."""

    address: str
    """The IP address in its canonical form, for the log and the audit."""
    network: str
    """Its /24 (IPv4) or /64 (IPv6)."""
    site: str
    """Its /24 (IPv4) or /48 (IPv6): a provider gives one customer up to a /48, which holds 65,536 of /64 (RFC 6177)."""

    @property
    def counted(self) -> str:
        """What limits count by: the address, or the /64 of IPv6, since one subscriber has at least that many."""
        return self.network if ":" in self.address else self.address


NOWHERE = RemoteAddress("", "", "")
