"""What a document of clients, templates and registration may say: parsing, messages and the reference come from it."""

from dataclasses import dataclass
from typing import Final

from keyfob_protocol.metadata_members import TAGGED_MEMBERS
from keyfob_protocol.token_request import GRANT_TYPES
from keyfob_server.rules.registration import APPLICATION_TYPES, AUTH_METHODS, SUBJECT_TYPES
from keyfob_server.rules.registration_overrides import AUTHENTICATE, LEAST_LIFETIME_S, MOST_LIFETIME_S
from keyfob_server.settings.kinds import Choice, Flag, Kind, Text, Value, Whole, Words, matching

CLIENT: Final = "client"
TEMPLATE: Final = "template"
REGISTRATION: Final = "registration"
SCOPES: Final = "scopes"
BOTH: Final = (CLIENT, TEMPLATE)
ALGORITHMS: Final = ("RS256", "ES256")

_YEARS = 10 * 365 * 86400
_URI = matching(r"\S{1,2000}", "a URI")
_NAME = matching(r"[!-~]{1,200}", "a name of visible ASCII characters")
_SCOPE_VALUE = matching(r"[!#-\[\]-~]{1,100}", "a scope without quotes or backslashes")


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    kind: Kind
    default: Value | None
    """None: nothing is said unless the document says it."""
    doc: str
    tables: tuple[str, ...] = BOTH
    unit: str = ""


def _scope(text: str) -> str:
    for value in text.split():
        _SCOPE_VALUE(value)
    return text


_TEXT = Text("text", matching(r".{1,1000}", "a text of 1 to 1000 characters"))
_WEB = Text("https URI", _URI)

METADATA: Final = (
    Member("client_name", _TEXT, None, 'What people read. `"client_name#fr"` is the same in French.'),
    Member(
        "redirect_uris", Words("redirect URIs", _URI, may_be_empty=True), (),
        "Where answers go: `com.example.app:/callback`, `https://...`, or `http://127.0.0.1/...`. A client that uses "
        "no code flow has none.",
    ),
    Member(
        "post_logout_redirect_uris", Words("redirect URIs", _URI, may_be_empty=True), (),
        "Where people may be sent after signing out.",
    ),
    Member("scope", Text("scopes with spaces between", _scope), "", "What may be asked for. Never `dcr`."),
    Member(
        "grant_types", Words("grant types", matching("|".join(GRANT_TYPES), f"one of {', '.join(GRANT_TYPES)}")),
        ("authorization_code",), "How tokens are obtained.",
    ),
    Member(
        "response_types", Words("response types", matching("code", "code")), ("code",),
        "There is one: `code`.",
    ),
    Member("application_type", Choice(APPLICATION_TYPES), "web", "`native` for apps on devices."),
    Member(
        "token_endpoint_auth_method", Choice(AUTH_METHODS), "client_secret_basic",
        "How the client proves itself; `none`: it has no secret.",
    ),
    Member(
        "subject_type", Choice(SUBJECT_TYPES), "public",
        "`pairwise`: people have another `sub` for each sector.",
    ),
    Member("sector_identifier_uri", Text("https URI", _URI), "", "The document that names the sector's redirect URIs."),
    Member("id_token_signed_response_alg", Choice(ALGORITHMS), "RS256", "What ID tokens are signed with."),
    Member(
        "default_acr_values", Words("classes of sign-in", _NAME, may_be_empty=True), (),
        "The class of sign-in when a request names none.",
    ),
    Member("default_max_age", Whole(0, _YEARS), None, "The oldest sign-in that counts.", unit="seconds"),
    Member("require_auth_time", Flag(), default=False, doc="Whether ID tokens always say `auth_time`."),
    Member("requires_consent", Flag(), default=False, doc="Whether people are asked before the app gets anything."),
    Member("id_token_on_refresh", Flag(), default=False, doc="Whether a refresh gives a new ID token."),
    Member("access_token_ttl", Whole(1, _YEARS), None, "A wish, which can only shorten.", unit="seconds"),
    Member("refresh_token_ttl", Whole(1, _YEARS), None, "A wish, which can only shorten.", unit="seconds"),
    Member("contacts", Words("addresses", matching(r".{1,200}", "an address"), may_be_empty=True), (), "Who runs it."),
    *(
        Member(name, _WEB, None, doc)
        for name, doc in (
            ("client_uri", "Its home page."), ("logo_uri", "Its logo."), ("policy_uri", "Its privacy policy."),
            ("tos_uri", "Its terms of service."),
        )
    ),
)  # fmt: skip
"""Members of RFC 7591, in its spelling."""

DECIDED: Final = (
    Member(
        "registration_client", Flag(), default=False,
        doc="People register their devices through it: it may obtain the scope `dcr` by the code flow.",
        tables=(CLIENT,),
    ),
    Member(
        "initial_tokens", Flag(), default=False,
        doc="It may obtain the scope `dcr` by client credentials, and register apps with it.", tables=(CLIENT,),
    ),
    Member(
        "introspection_scopes", Words("scopes", _SCOPE_VALUE, may_be_empty=True), (),
        "The scopes that this API guards: it may introspect tokens that hold one of them.", (CLIENT,),
    ),
    Member(
        "templates", Words("template ids", _NAME, may_be_empty=True), (),
        "With tokens obtained through it these templates can be registered; empty: any.", (CLIENT,),
    ),
    Member(
        "any_loopback_port", Flag(), default=True,
        doc="A loopback redirect URI matches with any port (RFC 8252 section 7.3).",
    ),
    Member(
        "require_pkce", Flag(), default=True,
        doc="May be false for a confidential client of the `application_type` `web` only.",
    ),
    Member("sector", Text("a name", _NAME), "", "The sector of pairwise subjects; empty: that of the redirect URIs."),
    Member(
        "allowed_authenticators", Words("ways to sign in", _NAME, may_be_empty=True), (),
        "Such as `Username-Password`; empty: all. An unknown one is refused.",
    ),
    Member(
        "cors_origins", Words("origins", matching(r"\S{1,300}", "an origin"), may_be_empty=True), (),
        "Whose pages may call the endpoints of this client.",
    ),
    Member("refresh_tokens", Flag(), default=True, doc="Whether it gets refresh tokens."),
    *(
        Member(name, Whole(1, _YEARS), None, f"{what}; without it, what the settings say.", unit="seconds")
        for name, what in (
            ("access_token_lifetime_s", "The life of access tokens"), ("id_token_lifetime_s", "The life of ID tokens"),
            ("refresh_idle_s", "How long a refresh token lives unused"),
            ("refresh_absolute_s", "How long a sign-in lives, whatever is refreshed"),
        )
    ),
    Member(
        "overridable", Words("member names", _NAME, may_be_empty=True), (),
        "The members that an instance may say for itself, beside its own name, platform and versions.", (TEMPLATE,),
    ),
    Member(
        "minimum_software_version", Text("numbers with dots", _NAME), "",
        "Instances that say an older `software_version`, or none, are refused.", (TEMPLATE,),
    ),
    Member("any_user", Flag(), default=False, doc="Others than the owner may sign in through an instance.",
        tables=(TEMPLATE,)),
)  # fmt: skip
"""What the operator decides, and no registration can."""

SECRET_ENV: Final = Member(
    "secret_env", Text("a variable", matching("[A-Z_][A-Z0-9_]*", "the name of an environment variable")), None,
    "The environment variable that holds the secret, 32 to 200 visible ASCII characters. Without it the server makes "
    "one, which is shown once.", (CLIENT,),
)  # fmt: skip

OVERRIDES: Final = (
    Member("enabled", Flag(), None, "Whether apps can register at all.", (REGISTRATION,)),
    Member(
        "authenticate", Choice(AUTHENTICATE), None, "Whose initial tokens register: a person's, a client's, or both.",
        (REGISTRATION,),
    ),
    Member("templatized", Flag(), None, "Whether registrations that name a template are taken.", (REGISTRATION,)),
    Member(
        "non_templatized", Flag(), None, "Whether registrations that bring all their metadata are taken.",
        (REGISTRATION,),
    ),
    Member(
        "initial_token_lifetime_s", Whole(LEAST_LIFETIME_S, MOST_LIFETIME_S), None, "An initial access token.",
        (REGISTRATION,), "seconds",
    ),
    Member(
        "allowed_scopes", Words("scopes", _SCOPE_VALUE), None, "The scopes that a registration may ask for.",
        (REGISTRATION,),
    ),
)  # fmt: skip

ID: Final = Text("an id", _NAME)
MEMBERS: Final = (*METADATA, *DECIDED, SECRET_ENV, *OVERRIDES)


def members_of(table: str) -> dict[str, Member]:
    return {member.name: member for member in MEMBERS if table in member.tables}


def member_of(table: str, name: str) -> Member | None:
    """`name` may be tagged with a language."""
    base, hash_sign, _ = name.partition("#")
    return members_of(table).get(base if not hash_sign or base in TAGGED_MEMBERS else name)
