"""What the operator decided, in the form that the rules read. Every default is the safe one. Units are in the names."""

from dataclasses import dataclass, field

from keyfob_protocol.identifiers import Issuer
from keyfob_server.rules.alarms import WatchPolicy
from keyfob_server.rules.limits import LimitsPolicy

PASSWORD_ACR = "urn:se:curity:authentication:html-form:Username-Password"


def authenticator_names(acr: str) -> frozenset[str]:
    """What `allowed_authenticators` may call a way to sign in: its whole class, or the last part of it."""
    return frozenset({acr, acr.rpartition(":")[2]})


@dataclass(frozen=True, slots=True)
class Paths:
    issuer: str = "/oauth/v2/oauth-anonymous"
    authorize: str = "/oauth/v2/oauth-authorize"
    token: str = "/oauth/v2/oauth-token"
    introspect: str = "/oauth/v2/oauth-introspect"
    revoke: str = "/oauth/v2/oauth-revoke"
    userinfo: str = "/oauth/v2/oauth-userinfo"
    end_session: str = "/oauth/v2/oauth-session/logout"
    registration: str = "/token-service/oauth-registration"
    registration_alias: str = "/oauth/v2/oauth-dynamic-client-registration"
    authentication: str = "/authn/authentication"
    devices: str = "/devices"


@dataclass(frozen=True, slots=True)
class RegistrationPolicy:
    """What a registration may ask for (wire.md section 3.1)."""

    enabled: bool = True
    allowed_grant_types: tuple[str, ...] = ("authorization_code", "refresh_token")
    allowed_scopes: tuple[str, ...] = ("openid", "profile", "email", "phone", "address")
    default_scope: tuple[str, ...] = ("openid", "profile")
    allow_undotted_schemes: bool = False
    localhost_is_loopback: bool = True
    secret_lifetime_s: int = 0
    """0: secrets do not expire."""
    registration_token_lifetime_s: int = 365 * 86400
    max_redirect_uris: int = 20
    max_uri_length: int = 2000
    max_text_length: int = 1000
    authenticate: str = "user"
    """Whose initial tokens register: a person's (`user`), a client's own (`client`), or `both`."""
    templatized: bool = True
    """Registrations that name a template are taken."""
    non_templatized: bool = True
    """Registrations that bring all their metadata themselves are taken."""
    max_instances_per_owner: int = 20
    """Instances of one template, or of none, that a person may have at a time; 0: any number."""
    max_new_per_day: int = 10
    """Of those, how many may be registered within 24 hours; 0: any number."""
    max_per_second: int = 50
    """Of each template, and of all plain registrations together."""


@dataclass(frozen=True, slots=True)
class RegistrationClientPolicy:
    """The public client that apps register through: it alone may obtain the scope `dcr` by the code flow."""

    id: str = "mobile-dcr-client"
    name: str = ""
    """What people read on the sign-in page."""
    redirect_uris: tuple[str, ...] = ()
    """Empty: there is no registration client."""
    post_logout_redirect_uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    base_url: str
    paths: Paths = field(default_factory=Paths)
    registration: RegistrationPolicy = field(default_factory=RegistrationPolicy)
    registration_client: RegistrationClientPolicy = field(default_factory=RegistrationClientPolicy)
    limits: LimitsPolicy = field(default_factory=LimitsPolicy)
    watch: WatchPolicy = field(default_factory=WatchPolicy)
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of the proxies in front, whose word about addresses counts."""
    code_lifetime_s: int = 60
    access_token_lifetime_s: int = 300
    initial_token_lifetime_s: int = 300
    id_token_lifetime_s: int = 300
    refresh_tokens: bool = True
    refresh_idle_s: int = 30 * 86400
    refresh_absolute_s: int = 365 * 86400
    refresh_repeat_window_s: int = 20
    session_idle_s: int = 8 * 3600
    session_absolute_s: int = 24 * 3600
    interaction_lifetime_s: int = 1800
    """How long a sign-in page may stand open."""
    recent_password_s: int = 300
    """For so long after the password was given, `dcr` needs a click only."""
    consent_lifetime_s: int = 365 * 86400
    """For so long a person who allowed an app is not asked again for the same; 0: asked each time."""
    acr: str = PASSWORD_ACR
    secret_methods_interchangeable: bool = True
    """A client registered for one secret method may use the other (both real apps do)."""
    cors_origins: tuple[str, ...] = ()
    """Origins whose pages may call the endpoints of every client."""
    key_publish_ahead_s: int = 86400
    """A new signing key is published for so long before it signs, so that whoever caches the key set has it."""
    key_keep_published_s: int = 7 * 86400
    """A signing key is published for so long after another one took over."""
    instance_never_used_s: int = 86400
    """An instance that was never used expires so long after its registration."""
    instance_idle_s: int = 180 * 86400
    """An instance that was used expires after so long without a use."""
    tombstone_s: int = 365 * 86400
    """For so long an app can be told what became of its registration."""
    subject: str = "account"
    """`account`: the account's id; `user_name`: the user name (demo)."""

    @property
    def authenticators(self) -> frozenset[str]:
        """What clients and templates may name."""
        return authenticator_names(self.acr)

    @property
    def issuer(self) -> Issuer:
        return Issuer(self.base_url + self.paths.issuer)
