from dataclasses import dataclass, field
from pathlib import Path

from keyfob_server.rules.policy import Policy

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decided. Paths are absolute when they come from `load_settings`."""

    base_url: str
    policy: Policy
    key_file: Path
    key_text: str = field(default="", repr=False)
    """The key file's text, when the environment brings it; the file is not read then."""
    database_url: str = "sqlite:///keyfob.db"
    host: str = "127.0.0.1"
    port: int = 8443
    """0: the system picks a free one."""
    admin_host: str = "127.0.0.1"
    admin_port: int = 6749
    log_level: str = "info"
    config_file: Path | None = None

    @property
    def database_path(self) -> Path:
        """The file of the SQLite database."""
        return Path(self.database_url.removeprefix(SQLITE))
