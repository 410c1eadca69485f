from dataclasses import dataclass

from keyfob_server.web.admin.views import Frame, HistoryRow


@dataclass(frozen=True, slots=True)
class RegistrationForm:
    """As texts, so that what was typed comes back as it was typed."""

    enabled: bool
    authenticate: str
    templatized: bool
    non_templatized: bool
    initial_token_lifetime_s: str
    allowed_scopes: str


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """Posts its fields, `seen` and `reason`; the button that takes everything back posts `reset=1`."""

    frame: Frame
    form: RegistrationForm
    file: RegistrationForm
    """What the settings file says."""
    seen: str
    overridden: bool
    endpoint: str
    history: tuple[HistoryRow, ...]
    alarms: tuple[str, ...] = ()
    done: str = ""
    reason: str = ""
    error: str = ""
