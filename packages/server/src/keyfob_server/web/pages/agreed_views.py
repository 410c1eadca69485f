"""What the page of the apps shows that a person agreed to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgreedCard:
    client_id: str
    title: str
    device: str
    """Empty for an app that is not on a device of its own."""
    abilities: tuple[str, ...]
    """What it may do, in words; none for an app that may do nothing but sign in."""
    facts: tuple[tuple[str, str], ...]
    """Label and value."""


@dataclass(frozen=True, slots=True)
class AgreedAppsView:
    """Posts `state` and `client` to `action`."""

    action: str
    state: str
    user_display: str
    cards: tuple[AgreedCard, ...]
    devices: str
    """The path of the person's devices."""
    sign_out: str
    """The path where this browser signs out."""
    notice: str = ""
    alarm: str = ""
    first: str = ""
    """The path of the first page; empty on it."""
    more: str = ""
    """The path of the next page; empty at the end."""
