"""What the pages about a person's devices show."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class DeviceCard:
    client_id: str
    title: str
    app: str
    """Empty where it is the title already."""
    platform: str
    here: bool
    status: str
    """In a word or two."""
    kind: Literal["active", "paused", "removed"]
    facts: tuple[tuple[str, str], ...]
    """Label and value."""
    name: str
    """What its field for a new name holds."""
    name_error: str = ""

    @property
    def removed(self) -> bool:
        return self.kind == "removed"


@dataclass(frozen=True, slots=True)
class DevicesView:
    """Posts `state`, `do` and `device` to `action`: `rename` with `name`, `remove`, or `remove_others` alone."""

    action: str
    state: str
    user_display: str
    cards: tuple[DeviceCard, ...]
    sign_out: str
    """The path where this browser signs out."""
    agreed_apps: str
    """The path of the apps that the person agreed to."""
    notice: str = ""
    alarm: str = ""
    others: bool = False
    """There is something that all others can mean."""
    newest: str = ""
    """The path of the first page; empty on it."""
    older: str = ""
    """The path of the next page; empty at the end."""


@dataclass(frozen=True, slots=True)
class RemovalView:
    """Posts `state`, `do`, `device`, `confirm=1` and `password` to `action`; or `keep=1` without a password."""

    action: str
    back: str
    """The path of the page before; empty where it comes by `keep`, in the middle of a request."""
    state: str
    user_name: str
    device: str
    """The one's client id; empty for all others."""
    names: tuple[tuple[str, str], ...]
    """Title and app of each."""
    more: int = 0
    """How many are not named."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class NoRoomView:
    """Posts `state` and one of `do=remove` with `device`, `go_on=1`, `cancel=1` to `action`."""

    action: str
    state: str
    app_name: str
    user_display: str
    certain: bool
    """The registration is refused for sure; else it is possible to go on."""
    live: int = 0
    """How many devices there are of those that can be removed; 0: it is not for their number."""
    new: int = 0
    """How many were registered within 24 hours; 0: it is not for them."""
    next_at: str = ""
    """In words, when the next can be registered at the earliest."""
    cards: tuple[DeviceCard, ...] = ()
    more: bool = False
    """There are more than are shown."""
    notice: str = ""
    alarm: str = ""
