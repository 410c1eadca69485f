"""The table of all settings: parsing, messages, `keyfob check-config --show` and the reference are made from it."""

from keyfob_protocol.errors import InvalidRedirectUri
from keyfob_protocol.redirect_uris import check_redirect_uri
from keyfob_server.rules.policy import Policy
from keyfob_server.settings.admin_settings import ADMIN
from keyfob_server.settings.base_url import check_base_url, is_address_or_name
from keyfob_server.settings.browser_settings import CONSENT, ORIGINS
from keyfob_server.settings.database_settings import DATABASE
from keyfob_server.settings.key_settings import KEYS
from keyfob_server.settings.kinds import Choice, Flag, Text, Whole, Words, matching
from keyfob_server.settings.limit_settings import LIMITS, PROXIES, REGISTRATION_RATE
from keyfob_server.settings.outbound_settings import OUTBOUND
from keyfob_server.settings.password_settings import PASSWORDS
from keyfob_server.settings.problems import quoted
from keyfob_server.settings.registration_settings import REGISTRATION_OWNERS
from keyfob_server.settings.setting import Setting
from keyfob_server.settings.sweep_settings import INSTANCES
from keyfob_server.settings.tls_settings import TLS
from keyfob_server.settings.watch_settings import REGISTRATION_ALARMS, STORAGE

OTHER_VARIABLES = {
    "KEYFOB_CONFIG": "The configuration file of the command line, as `--config`.",
    "KEYFOB_DATA_DIR": "The data folder, where `keyfob init` puts an installation; without it `keyfob-data`.",
    "KEYFOB_KEYS": "The text of the key file, where files are no place for keys. `key_file` is not read then.",
    "KEYFOB_NIGHTLY": "Read by the project's own tests only.",
}
DAY = 86400
YEAR = 365 * DAY


def _check_host(text: str) -> str:
    if not is_address_or_name(text):
        raise ValueError(f"must be an IP address or a host name, not {quoted(text)}")
    return text


def _check_redirect_uri(text: str) -> str:
    try:
        check_redirect_uri(text)
    except InvalidRedirectUri as error:
        raise ValueError(f"must be a redirect URI: {error.description}") from None
    return text


_HOST = Text("an IP address or a host name", _check_host)
_PORT = Whole(0, 65535)
_PATH = Text("a path", matching(r"(?!/\.)(/[A-Za-z0-9._~-]{0,99}[A-Za-z0-9_~-]){1,10}", "a path such as /oauth/token"))
_CLIENT_ID = matching(r"[!-~]{1,200}", "a client id of visible ASCII characters")
_SCOPE = matching(r"(?!dcr$)[!#-\[\]-~]{1,100}", "a scope without quotes or backslashes, and never dcr")
_P = Policy(base_url="")
_R = _P.registration
_C = _P.registration_client


def _seconds(key: str, field: str, default: int, doc: str, *, least: int = 1, most: int = YEAR) -> Setting:
    return Setting(key, field, Whole(least, most), default, doc, unit="seconds")


def _path(name: str, default: str, doc: str) -> Setting:
    return Setting(f"paths.{name}", f"policy.paths.{name}", _PATH, default, doc)


SERVER = (
    Setting(
        "base_url", "base_url", Text("a URL", check_base_url), None,
        "The public address: `https://` with host and port alone. `http://` only for a loopback host.",
    ),
    Setting("host", "host", _HOST, "127.0.0.1", "Where the public listener listens."),
    Setting("port", "port", _PORT, 8443, "Its port; 0 picks a free one."),
    Setting("admin_host", "admin_host", _HOST, "127.0.0.1", "Where the administrators' listener listens."),
    Setting("admin_port", "admin_port", _PORT, 6749, "Its port; 0 picks a free one."),
    _seconds(
        "drain_s", "drain_s", 0,
        "How long a server that was told to stop goes on to answer, not ready any more, until balancers have looked.",
        least=0, most=600,
    ),
    *DATABASE,
    Setting(
        "key_file", "key_file", Text("a path", matching(r"[^\0]+", "the path of a file")), "keyfob.keys",
        "The file of the root keys (mode 0600), relative to the configuration file's folder or absolute.",
    ),
    Setting("log_level", "log_level", Choice(("debug", "info", "warning", "error")), "info", "What is logged."),
)  # fmt: skip

PATHS = (
    _path("issuer", _P.paths.issuer, "The issuer is the base URL and this."),
    _path("authorize", _P.paths.authorize, "Authorization endpoint."),
    _path("token", _P.paths.token, "Token endpoint."),
    _path("introspect", _P.paths.introspect, "Introspection endpoint."),
    _path("revoke", _P.paths.revoke, "Revocation endpoint."),
    _path("userinfo", _P.paths.userinfo, "UserInfo endpoint."),
    _path("end_session", _P.paths.end_session, "End session endpoint (RP-initiated logout)."),
    _path("registration", _P.paths.registration, "Registration endpoint."),
    _path("registration_alias", _P.paths.registration_alias, "A second address of the registration endpoint."),
    _path("authentication", _P.paths.authentication, "The sign-in pages lie below it."),
    _path("devices", _P.paths.devices, "Where people see their own devices."),
)

REGISTRATION = (
    Setting(
        "registration.enabled", "policy.registration.enabled", Flag(), _R.enabled,
        "Whether apps can register; when false the endpoint answers 404 and is not announced.",
    ),
    Setting(
        "registration.allowed_grant_types", "policy.registration.allowed_grant_types",
        Words("grant types", matching("authorization_code|refresh_token", "authorization_code or refresh_token")),
        _R.allowed_grant_types, "The grant types that a registration may ask for; others are dropped.",
    ),
    Setting(
        "registration.allowed_scopes", "policy.registration.allowed_scopes", Words("scopes", _SCOPE),
        _R.allowed_scopes, "The scopes that a registration may ask for; others are dropped. Never `dcr`.",
    ),
    Setting(
        "registration.default_scope", "policy.registration.default_scope", Words("scopes", _SCOPE),
        _R.default_scope, "The scope of a registration or an authorization that names none.",
    ),
    Setting(
        "registration.allow_undotted_schemes", "policy.registration.allow_undotted_schemes", Flag(),
        _R.allow_undotted_schemes, "Whether a private-use redirect scheme may lack a dot. Any app can claim such.",
    ),
    Setting(
        "registration.localhost_is_loopback", "policy.registration.localhost_is_loopback", Flag(),
        _R.localhost_is_loopback, "Whether `localhost` counts as loopback beside `127.0.0.1` and `[::1]`.",
    ),
    _seconds(
        "registration.secret_lifetime_s", "policy.registration.secret_lifetime_s", _R.secret_lifetime_s,
        "How long a client secret lives; 0: for ever.", least=0, most=100 * YEAR,
    ),
    _seconds(
        "registration.token_lifetime_s", "policy.registration.registration_token_lifetime_s",
        _R.registration_token_lifetime_s, "How long a registration access token lives after its last use.",
        least=60, most=10 * YEAR,
    ),
    Setting(
        "registration.max_redirect_uris", "policy.registration.max_redirect_uris", Whole(1, 1000),
        _R.max_redirect_uris, "The most redirect URIs of one registration.",
    ),
    Setting(
        "registration.max_uri_length", "policy.registration.max_uri_length", Whole(100, 8000), _R.max_uri_length,
        "The longest URI in a registration.", unit="characters",
    ),
    Setting(
        "registration.max_text_length", "policy.registration.max_text_length", Whole(50, 8000), _R.max_text_length,
        "The longest name or text in a registration.", unit="characters",
    ),
)  # fmt: skip

REGISTRATION_CLIENT = (
    Setting(
        "registration_client.id", "policy.registration_client.id", Text("a client id", _CLIENT_ID), _C.id,
        "The client id that the app is shipped with: a public client, good for registering alone.",
    ),
    Setting(
        "registration_client.name", "policy.registration_client.name",
        Text("a name", matching(r".{0,200}", "a name of at most 200 characters")), _C.name,
        "What people read on the page where they register a device.",
    ),
    Setting(
        "registration_client.redirect_uris", "policy.registration_client.redirect_uris",
        Words("redirect URIs", _check_redirect_uri, may_be_empty=True), _C.redirect_uris,
        "Where its answers go, such as `com.example.app:/callback`. A loopback one matches with any port. "
        "Without one there is no such client, and nobody can register.",
    ),
    Setting(
        "registration_client.post_logout_redirect_uris", "policy.registration_client.post_logout_redirect_uris",
        Words("redirect URIs", _check_redirect_uri, may_be_empty=True), _C.post_logout_redirect_uris,
        "Where it may send people after signing out.",
    ),
)  # fmt: skip

LIFETIMES = (
    _seconds("lifetimes.code_s", "policy.code_lifetime_s", _P.code_lifetime_s, "An authorization code.", most=600),
    _seconds(
        "lifetimes.access_token_s", "policy.access_token_lifetime_s", _P.access_token_lifetime_s,
        "An access token.", least=10, most=DAY,
    ),
    _seconds(
        "lifetimes.initial_token_s", "policy.initial_token_lifetime_s", _P.initial_token_lifetime_s,
        "An initial access token, with which an app registers.", least=10, most=90 * DAY,
    ),
    _seconds(
        "lifetimes.id_token_s", "policy.id_token_lifetime_s", _P.id_token_lifetime_s, "An ID token.",
        least=10, most=DAY,
    ),
    _seconds(
        "lifetimes.refresh_idle_s", "policy.refresh_idle_s", _P.refresh_idle_s,
        "A refresh token that is not used.", least=60, most=10 * YEAR,
    ),
    _seconds(
        "lifetimes.refresh_absolute_s", "policy.refresh_absolute_s", _P.refresh_absolute_s,
        "All refresh tokens of one sign-in, used or not.", least=60, most=10 * YEAR,
    ),
    _seconds(
        "lifetimes.refresh_repeat_window_s", "policy.refresh_repeat_window_s", _P.refresh_repeat_window_s,
        "For so long a refresh token that was just spent gives the same answer again (the answer was lost).",
        least=0, most=300,
    ),
    _seconds(
        "lifetimes.session_idle_s", "policy.session_idle_s", _P.session_idle_s,
        "A browser's sign-in that is not used.", least=60,
    ),
    _seconds(
        "lifetimes.session_absolute_s", "policy.session_absolute_s", _P.session_absolute_s,
        "A browser's sign-in, used or not.", least=60,
    ),
    _seconds(
        "lifetimes.interaction_s", "policy.interaction_lifetime_s", _P.interaction_lifetime_s,
        "A sign-in page that stands open.", least=60, most=DAY,
    ),
    _seconds(
        "lifetimes.recent_password_s", "policy.recent_password_s", _P.recent_password_s,
        "For so long after the password was given, registering a device needs a click only.", least=0, most=3600,
    ),
)  # fmt: skip

TOKENS = (
    Setting("tokens.refresh", "policy.refresh_tokens", Flag(), _P.refresh_tokens, "Whether there are refresh tokens."),
    Setting(
        "tokens.subject", "policy.subject", Choice(("account", "user_name")), _P.subject,
        "What `sub` is: the account's id, which says nothing about the person, or the user name.",
    ),
    Setting(
        "tokens.acr", "policy.acr", Text("a name", matching(r"[!-~]{1,200}", "a name of visible ASCII characters")),
        _P.acr, "The authentication context class of a sign-in by password.",
    ),
    Setting(
        "tokens.secret_methods_interchangeable", "policy.secret_methods_interchangeable", Flag(),
        _P.secret_methods_interchangeable,
        "Whether a client registered for `client_secret_basic` may use `client_secret_post`, and the reverse.",
    ),
)  # fmt: skip

SETTINGS: tuple[Setting, ...] = (
    *SERVER, *ADMIN, *ORIGINS, *PROXIES, *TLS, *PASSWORDS, *PATHS, *REGISTRATION, *REGISTRATION_OWNERS,
    *REGISTRATION_RATE, *REGISTRATION_ALARMS, *REGISTRATION_CLIENT, *LIFETIMES, *CONSENT, *TOKENS, *INSTANCES,
    *STORAGE, *KEYS, *LIMITS, *OUTBOUND,
)  # fmt: skip
