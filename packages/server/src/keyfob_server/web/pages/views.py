"""What each page shows. Plain values: whoever answers a request builds one, `Pages.render` makes the page of it.

Names, errors and addresses are shown as text whatever they hold, so they are passed as they came. `action` is the path
that the form is posted to, `state` the sealed value that comes back with it.
"""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from keyfob_server.web.pages.agreed_views import AgreedAppsView
from keyfob_server.web.pages.device_views import DevicesView, NoRoomView, RemovalView

SignInField = Literal["username", "password"]


@dataclass(frozen=True, slots=True)
class SignInView:
    """Posts `state`, `username`, `password`; the button Cancel posts `cancel=1`."""

    app_name: str
    action: str
    state: str
    user_name: str = ""
    """Filled in already: a login hint, or what was typed before."""
    error: str = ""
    wrong_fields: tuple[SignInField, ...] = ()
    """The fields that the error is about; the first one gets the focus."""
    registering: bool = False
    """The request is for the scope `dcr`."""
    device_name: str = ""
    administrating: bool = False
    """The request is that of the admin pages."""

    @property
    def focus(self) -> SignInField:
        """The field to begin with: the first wrong one, else the first empty one."""
        if self.wrong_fields:
            return self.wrong_fields[0]
        return "password" if self.user_name else "username"


@dataclass(frozen=True, slots=True)
class ConfirmView:
    """Posts `state` and one of `allow=1`, `cancel=1`, `switch=1`."""

    app_name: str
    user_display: str
    redirect_display: str
    """Where the answer goes: a host, or a private-use scheme."""
    action: str
    state: str
    registering: bool = False
    claiming: bool = False
    """Nobody owns the app instance yet: who allows it does."""
    device_name: str = ""
    scopes: tuple[str, ...] = ()
    """In words: see `words.scope_words`."""


@dataclass(frozen=True, slots=True)
class BackLink:
    """A way back to an app by its own web address. Raises `ValueError` for what is no plain http(s) URI."""

    uri: str
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Empty: a link; else a form that posts these."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.uri)
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username is not None:
            raise ValueError("a link back needs an http(s) URI with a host and without user information")

    @property
    def host(self) -> str:
        return urlsplit(self.uri).hostname or ""


@dataclass(frozen=True, slots=True)
class ErrorView:
    """A request that cannot go on. It never shows the address that a request asked to be sent to: `back` is for one
    that has been proved to belong to the client.
    """

    title: str
    text: str
    advice: str = "Go back to the app and try again."
    back: BackLink | None = None


@dataclass(frozen=True, slots=True)
class FormPostView:
    """The answer to an app, posted by the page itself where scripts run, else by its button."""

    back: BackLink


@dataclass(frozen=True, slots=True)
class StaleView:
    """A form that was open for too long, or belongs to another browser."""

    restart_uri: str = ""
    """A path of ours that begins again; empty if only the app can."""

    def __post_init__(self) -> None:
        if self.restart_uri and not is_own_path(self.restart_uri):
            raise ValueError("a page begins again on this server only")


@dataclass(frozen=True, slots=True)
class SignOutView:
    """Posts `state` and one of `sign_out=1`, `stay=1`."""

    action: str
    state: str
    app_name: str = ""
    user_display: str = ""


@dataclass(frozen=True, slots=True)
class SignedOutView:
    app_name: str = ""
    devices: str = ""
    """The path of a person's devices; empty: it is not named."""


@dataclass(frozen=True, slots=True)
class StayedView:
    app_name: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    title: str
    text: str
    advice: str = "You can close this page."
    again: str = ""
    """A path of ours that begins anew; empty: none."""

    def __post_init__(self) -> None:
        if self.again and not is_own_path(self.again):
            raise ValueError("a page begins again on this server only")


@dataclass(frozen=True, slots=True)
class UnavailableView:
    """Answered with 503."""

    retry_after_s: int


@dataclass(frozen=True, slots=True)
class NotFoundView:
    """Answered with 404."""


View = (
    SignInView
    | ConfirmView
    | ErrorView
    | FormPostView
    | StaleView
    | SignOutView
    | SignedOutView
    | StayedView
    | MessageView
    | UnavailableView
    | NotFoundView
    | DevicesView
    | RemovalView
    | NoRoomView
    | AgreedAppsView
)


def is_own_path(uri: str) -> bool:
    """Whether a browser stays on this server when it follows the URI (it reads a backslash as a slash)."""
    return uri.startswith("/") and not uri.startswith(("//", "/\\")) and uri.isprintable()
