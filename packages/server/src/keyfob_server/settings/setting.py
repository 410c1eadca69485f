from dataclasses import dataclass

from keyfob_server.settings.kinds import Kind, Value

ENVIRONMENT_PREFIX = "KEYFOB_"


@dataclass(frozen=True, slots=True)
class Setting:
    key: str
    """`table.name` as in the file, or a plain name above all tables."""
    field: str
    """Where it lands: a field of Settings, or `policy.x`, `policy.paths.x`, `policy.registration.x`."""
    kind: Kind
    default: Value | None
    """None: there is no default, it must be given."""
    doc: str
    unit: str = ""

    @property
    def table(self) -> str:
        return self.key.rpartition(".")[0]

    @property
    def variable(self) -> str:
        return ENVIRONMENT_PREFIX + self.key.replace(".", "_").upper()
