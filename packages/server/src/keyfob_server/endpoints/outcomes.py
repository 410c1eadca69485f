"""What a page endpoint answers: values that the web layer turns into pages, redirects and cookies."""

from dataclasses import dataclass, field
from typing import Literal

from keyfob_protocol.errors import ProtocolError
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.consent import AgreedApp
from keyfob_server.rules.devices import Device
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.records import Client
from keyfob_server.rules.registration_limits import NoRoom
from keyfob_server.rules.scope_texts import ScopeTexts


@dataclass(frozen=True, slots=True)
class Redirect:
    """303 to a URI that was proved good."""

    uri: str = field(repr=False)
    """May carry a code."""
    session_cookie: str | None = field(default=None, repr=False)
    """A new session's cookie; None leaves the browser's as it is, empty text removes it."""
    device_cookie: str | None = field(default=None, repr=False)
    """By which the browser is known later on; None leaves what it has."""


@dataclass(frozen=True, slots=True)
class FormPost:
    """A page whose form goes to a URI that was proved good, by itself (OAuth 2.0 Form Post Response Mode)."""

    uri: str
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    """May hold a code."""
    session_cookie: str | None = field(default=None, repr=False)
    device_cookie: str | None = field(default=None, repr=False)
    """Both as of Redirect."""


@dataclass(frozen=True, slots=True)
class ShowSignIn:
    client: Client
    redirect_uri: str
    state: str
    user_name: str = ""
    error: Literal["", "wrong", "busy"] = ""
    registering: bool = False
    other_owner: bool = False


@dataclass(frozen=True, slots=True)
class ShowConfirmation:
    client: Client
    redirect_uri: str
    state: str
    kind: Literal["register", "consent", "claim"]
    scope: tuple[str, ...]
    session: LiveSession
    scope_texts: ScopeTexts = field(default_factory=ScopeTexts)
    session_cookie: str | None = field(default=None, repr=False)
    device_cookie: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ShowError:
    """An error page; with `back_uri` a button leads on to the app, which nothing presses by itself."""

    error: ProtocolError
    kind: Literal["unknown_client", "redirect_uri", "request", "app"]
    back_uri: str = ""
    back_fields: tuple[tuple[str, str], ...] = ()
    """Empty: the button is a link; else it posts these."""
    session_cookie: str | None = field(default=None, repr=False)
    device_cookie: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ShowStale:
    """The form is too old, or belongs to another browser or sign-in; `restart_uri` begins anew."""

    restart_uri: str
    forged: bool
    """Not from a page that this browser was shown."""


@dataclass(frozen=True, slots=True)
class ShowSignOut:
    session: LiveSession
    state: str
    client: Client | None
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class ShowSignedOut:
    client: Client | None
    session_cookie: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ShowStayed:
    pass


DevicesNotice = Literal["", "renamed", "removed", "unknown"]
RemovalError = Literal["", "wrong", "busy", "missing"]


@dataclass(frozen=True, slots=True)
class SignInFirst:
    """303 to our own authorization endpoint, for a page of ours that needs a session."""

    uri: str


@dataclass(frozen=True, slots=True)
class ShowNotSignedIn:
    again: str
    """The path of ours that begins anew."""


@dataclass(frozen=True, slots=True)
class ShowDevices:
    """A page of them; `before` is the client id that it begins after, `after` the one that the next does."""

    session: LiveSession
    state: str
    devices: tuple[Device, ...]
    now: int
    before: str
    after: str
    """Empty at the end."""
    notice: DevicesNotice
    faulty: tuple[ClientId, str, str] | None
    """The device whose new name was refused, that name, and why."""


@dataclass(frozen=True, slots=True)
class ShowRemoval:
    """Asks for the password before these are removed."""

    session: LiveSession
    state: str
    devices: tuple[Device, ...]
    all_others: bool
    error: RemovalError
    redirect_uri: str = ""
    """Of the authorization request that needs the room; empty on the page of devices."""


@dataclass(frozen=True, slots=True)
class ShowNoRoom:
    """Before a registration that would be refused: which device to remove, or when there will be room."""

    client: Client
    redirect_uri: str
    state: str
    session: LiveSession
    no_room: NoRoom
    devices: tuple[Device, ...]
    """Those whose removal helps, the one unused for longest first."""
    more: bool
    """There are more of them."""
    now: int
    notice: Literal["", "removed", "unknown"] = ""
    session_cookie: str | None = field(default=None, repr=False)
    device_cookie: str | None = field(default=None, repr=False)


AgreedAppsNotice = Literal["", "withdrawn", "unknown"]


@dataclass(frozen=True, slots=True)
class ShowAgreedApps:
    """A page of them; `before` is the client id that it begins behind, `after` the one that the next does."""

    session: LiveSession
    state: str
    apps: tuple[AgreedApp, ...]
    scope_texts: ScopeTexts
    now: int
    before: str
    after: str
    """Empty at the end."""
    notice: AgreedAppsNotice


Outcome = (
    Redirect
    | FormPost
    | ShowSignIn
    | ShowConfirmation
    | ShowError
    | ShowStale
    | ShowSignOut
    | ShowSignedOut
    | ShowStayed
    | SignInFirst
    | ShowNotSignedIn
    | ShowDevices
    | ShowRemoval
    | ShowNoRoom
    | ShowAgreedApps
)
