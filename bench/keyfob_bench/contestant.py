from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from keyfob_bench.exchange import Script


class Operation(StrEnum):
    DISCOVERY = "discovery"
    KEYS = "keys"
    REGISTER_SECRET = "registration with a secret"
    REGISTER_TEMPLATED = "registration by a template"
    REGISTER_KEY = "registration with a key"
    CLIENT_CREDENTIALS = "client credentials, opaque"
    REFRESH = "refresh with rotation"
    INTROSPECTION = "introspection"
    USERINFO = "userinfo"
    CODE_ES256 = "code flow with a session, ES256"
    CODE_RS256 = "code flow with a session, RS256"
    SIGN_IN = "password sign-in"
    JOURNEY = "the whole journey"
    CLIENT_AUTHENTICATION = "client authentication"


@dataclass(frozen=True, slots=True)
class Missing:
    """A contestant that cannot be had here, and why; the report names it."""

    reason: str


class Running(Protocol):
    """One started server."""

    @property
    def address(self) -> tuple[str, int]: ...

    def address_of(self, operation: str) -> tuple[str, int]:
        """Where it answers an operation; `address` for all but those that it keeps apart."""
        ...

    @property
    def pids(self) -> Sequence[int]:
        """Every process that works for the server, its database's not among them: their CPU time is counted."""
        ...

    @property
    def database_pids(self) -> Sequence[int]:
        """Every process of its database, where that has processes of its own."""
        ...

    @property
    def at_rest_mib(self) -> float:
        """The memory of its processes when it had answered its first request; 0 when nobody looked."""
        ...

    @property
    def settings(self) -> Sequence[str]:
        """Sentences for the report: version, where it stores, what an answer holds, what was switched off."""
        ...

    def prepare(self) -> None:
        """Before each sample, outside of what is measured: whatever is too old by now, as a session, is made anew."""
        ...

    def script(self, operation: Operation, connection: int) -> Script | None:
        """What connection number `connection` says; None where the server has no such operation."""
        ...

    def close(self) -> None:
        """End the server, and only what was started with it."""
        ...


class Contestant(Protocol):
    @property
    def name(self) -> str: ...

    def install(self, folder: Path) -> Missing | None:
        """Put the server into `folder` if it is not there yet, from the package registries."""
        ...

    def start(self, folder: Path, core: int) -> Running:
        """Start it on processor `core` with an empty store, ready for load: clients and accounts exist."""
        ...
