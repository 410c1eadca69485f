"""What the server may fetch."""

from dataclasses import dataclass
from pathlib import Path

from keyfob_server.rules.outbound_addresses import DEFAULT_PORTS, parse_network, parse_ports
from keyfob_server.settings.kinds import Text, Words, matching
from keyfob_server.settings.setting import Setting


@dataclass(frozen=True, slots=True)
class OutboundSettings:
    allowed_addresses: tuple[str, ...] = ()
    """Networks that count as public: `10.1.0.0/16`."""
    allowed_ports: tuple[str, ...] = DEFAULT_PORTS
    """`443`, `1024-65535`."""
    ca_file: Path | None = None


def _network(text: str) -> str:
    parse_network(text)
    return text


def _ports(text: str) -> str:
    parse_ports(text)
    return text


OUTBOUND = (
    Setting(
        "outbound.allowed_addresses", "outbound.allowed_addresses", Words("networks", _network, may_be_empty=True), (),
        "Networks that are not public and may be connected to all the same, such as `10.1.0.0/16`. Everybody who may "
        "register can make the server send requests there.",
    ),
    Setting(
        "outbound.allowed_ports", "outbound.allowed_ports", Words("ports", _ports), DEFAULT_PORTS,
        "The ports that a fetched address may have.",
    ),
    Setting(
        "outbound.ca_file", "outbound.ca_file", Text("a path", matching(r"[^\0]*", "the path of a file")), "",
        "A file of certificates (PEM) of authorities to trust beside those of the system.",
    ),
)  # fmt: skip
