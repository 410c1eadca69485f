"""The pages about initial access tokens."""

from dataclasses import dataclass

from keyfob_server.web.admin.views import Fact, Frame


@dataclass(frozen=True, slots=True)
class InitialTokenRow:
    token_id: str
    note: str
    user_name: str
    template: str
    uses: str
    expires: str
    live: bool
    state: str
    issued_by: str
    revoke: str
    """The path that asks; empty when it is of no use any more."""


@dataclass(frozen=True, slots=True)
class InitialTokensView:
    frame: Frame
    rows: tuple[InitialTokenRow, ...]
    more: str
    done: str = ""


@dataclass(frozen=True, slots=True)
class NewTokenForm:
    """As texts, so that what was typed comes back."""

    uses: str = "1"
    """Empty: any number."""
    lifetime_s: str = "86400"
    user_name: str = ""
    template: str = ""
    redirect_uris: str = ""
    note: str = ""
    policies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    name: str
    summary: str


@dataclass(frozen=True, slots=True)
class NewInitialTokenView:
    frame: Frame
    form: NewTokenForm
    policies: tuple[PolicyChoice, ...]
    reason: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class IssuedTokenView:
    """Shown once."""

    frame: Frame
    token: str
    facts: tuple[Fact, ...]
