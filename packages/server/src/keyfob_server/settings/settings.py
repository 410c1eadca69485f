from dataclasses import dataclass, field
from pathlib import Path

from keyfob_server.ports.certificates import CertificateFiles
from keyfob_server.rules.policy import Policy
from keyfob_server.settings.outbound_settings import OutboundSettings

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decided. Paths are absolute when they come from `load_settings`."""

    base_url: str
    policy: Policy
    key_file: Path
    key_text: str = field(default="", repr=False)
    """The key file's text, when the environment brings it; the file is not read then."""
    database_url: str = field(default="sqlite:///keyfob.db", repr=False)
    database_connections: int = 10
    host: str = "127.0.0.1"
    port: int = 8443
    """0: the system picks a free one."""
    drain_s: int = 0
    """From the end of readiness to the end of the listeners."""
    admin_host: str = "127.0.0.1"
    admin_port: int = 6749
    admin_base_url: str = ""
    """Empty: made of host and port."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    """Both or neither; without them the listeners speak plain http, behind a proxy or on loopback."""
    known_passwords: Path | None = None
    """A list of stolen passwords; None: the commonest alone."""
    log_level: str = "info"
    outbound: OutboundSettings = field(default_factory=OutboundSettings)
    config_file: Path | None = None

    @property
    def tls(self) -> CertificateFiles | None:
        """What the listeners speak TLS with."""
        if self.tls_certificate is None or self.tls_key is None:
            return None
        return CertificateFiles(self.tls_certificate, self.tls_key)
