"""What becomes of a registration request: defaults, what is dropped, and what is refused (RFC 7591 section 2).

In lists what is not supported is dropped, as long as something consistent remains. A single value that matters for
security is honoured or refused, never replaced by something weaker.
"""

from urllib.parse import urlsplit

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.client_metadata import RequestedMetadata
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri, UnapprovedSoftwareStatement
from keyfob_protocol.redirect_uris import check_redirect_uri, redirect_uri_kind
from keyfob_protocol.token_request import GRANT_TYPES
from keyfob_server.rules.policy import RegistrationPolicy

AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
APPLICATION_TYPES = ("native", "web")
SUBJECT_TYPES = ("public", "pairwise")
RESPONSE_TYPES = ("code",)

REFUSED_WHEN_TRUE = (
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
)
REFUSED_WHEN_GIVEN = (
    "userinfo_signed_response_alg",
    "introspection_signed_response_alg",
    "request_object_signing_alg",
)
"""Both ask for a protection that is not offered; other members of such features count as unknown."""


def register(
    requested: RequestedMetadata,
    policy: RegistrationPolicy,
    *,
    acr: str,
    refresh_tokens: bool,
    id_token_algs: tuple[str, ...],
) -> ClientMetadata:
    """The metadata as registered.

    Raises InvalidClientMetadata, InvalidRedirectUri or UnapprovedSoftwareStatement, naming the member. Lifetimes stay
    as they were asked for: they are wishes, and can only shorten what the policy gives.
    """
    _refuse_what_is_not_offered(requested)
    redirect_uris = _redirect_uris(requested, policy)
    texts, flags, numbers = requested.texts, requested.flags, requested.numbers
    return ClientMetadata(
        redirect_uris=redirect_uris,
        scope=_scope(requested, policy),
        grant_types=_grant_types(requested, policy, refresh_tokens=refresh_tokens),
        response_types=_supported(requested, "response_types", RESPONSE_TYPES, absent=RESPONSE_TYPES),
        application_type=_application_type(requested, redirect_uris),
        token_endpoint_auth_method=_one_of(
            requested, "token_endpoint_auth_method", AUTH_METHODS, "client_secret_basic"
        ),
        post_logout_redirect_uris=_checked(requested, "post_logout_redirect_uris", policy),
        subject_type=_one_of(requested, "subject_type", SUBJECT_TYPES, "public"),
        sector_identifier_uri=_sector(requested, redirect_uris),
        id_token_signed_response_alg=_one_of(requested, "id_token_signed_response_alg", id_token_algs, "RS256"),
        default_acr_values=_supported(requested, "default_acr_values", (acr,), absent=(acr,)),
        default_max_age=numbers.get("default_max_age"),
        require_auth_time=flags.get("require_auth_time", False),
        requires_consent=flags.get("requires_consent", False),
        id_token_on_refresh=flags.get("id_token_on_refresh", False),
        access_token_ttl=_lifetime(requested, "access_token_ttl"),
        refresh_token_ttl=_lifetime(requested, "refresh_token_ttl"),
        contacts=requested.lists.get("contacts", ()),
        software_id=texts.get("software_id", ""),
        software_version=texts.get("software_version", ""),
        instance_name=texts.get("instance_name", ""),
        instance_platform=texts.get("instance_platform", ""),
        instance_os_version=texts.get("instance_os_version", ""),
        names=requested.names,
    )


def _refuse_what_is_not_offered(requested: RequestedMetadata) -> None:
    if "software_statement" in requested.texts:
        raise UnapprovedSoftwareStatement("software_statement: statements are not accepted here")
    for name in REFUSED_WHEN_TRUE:
        if requested.flags.get(name):
            raise InvalidClientMetadata(f"{name} is not supported")
    for name in REFUSED_WHEN_GIVEN:
        if name in requested.texts:
            raise InvalidClientMetadata(f"{name} is not supported")


def _redirect_uris(requested: RequestedMetadata, policy: RegistrationPolicy) -> tuple[str, ...]:
    uris = _checked(requested, "redirect_uris", policy)
    if uris:
        return uris
    if "software_id" in requested.texts:
        raise InvalidClientMetadata("software_id names no template, and there are no redirect_uris to register with")
    raise InvalidRedirectUri("redirect_uris: at least one is needed")


def _checked(requested: RequestedMetadata, name: str, policy: RegistrationPolicy) -> tuple[str, ...]:
    uris = requested.lists.get(name, ())
    if len(uris) > policy.max_redirect_uris:
        raise InvalidRedirectUri(f"{name}: more than {policy.max_redirect_uris} entries")
    for uri in uris:
        try:
            check_redirect_uri(
                uri,
                allow_undotted_schemes=policy.allow_undotted_schemes,
                localhost_is_loopback=policy.localhost_is_loopback,
                max_length=policy.max_uri_length,
            )
        except InvalidRedirectUri as error:
            raise InvalidRedirectUri(f"{name}: {error.description}") from None
    return uris


def _scope(requested: RequestedMetadata, policy: RegistrationPolicy) -> tuple[str, ...]:
    if not requested.scope:
        return tuple(value for value in policy.default_scope if value in policy.allowed_scopes)
    if "dcr" in requested.scope:
        raise InvalidClientMetadata("scope: dcr is not for registered instances")
    granted = tuple(value for value in requested.scope if value in policy.allowed_scopes)
    if not granted:
        raise InvalidClientMetadata("scope: nothing of it may be registered")
    return granted


def _grant_types(requested: RequestedMetadata, policy: RegistrationPolicy, *, refresh_tokens: bool) -> tuple[str, ...]:
    offered = tuple(
        name
        for name in policy.allowed_grant_types
        if name in GRANT_TYPES and (refresh_tokens or name != "refresh_token")
    )
    granted = _supported(requested, "grant_types", offered, absent=("authorization_code",))
    if "authorization_code" not in granted or "authorization_code" not in offered:
        raise InvalidClientMetadata("grant_types must hold authorization_code, which response_types code goes with")
    if "refresh_token" in offered and "refresh_token" not in granted:
        return (*granted, "refresh_token")
    return granted


def _sector(requested: RequestedMetadata, redirect_uris: tuple[str, ...]) -> str:
    """OpenID Connect Core section 8.1: several hosts are one sector only if a document of theirs says so."""
    if requested.texts.get("subject_type", "public") != "pairwise":
        return ""
    named = requested.texts.get("sector_identifier_uri", "")
    if not named and len({urlsplit(uri).hostname for uri in redirect_uris if redirect_uri_kind(uri) == "https"}) > 1:
        raise InvalidClientMetadata("sector_identifier_uri is needed: redirect_uris have several hosts")
    return named


def _application_type(requested: RequestedMetadata, redirect_uris: tuple[str, ...]) -> str:
    kinds = {redirect_uri_kind(uri) for uri in redirect_uris}
    application_type = _one_of(
        requested, "application_type", APPLICATION_TYPES, "web" if kinds == {"https"} else "native"
    )
    if application_type == "web" and "private-use" in kinds:
        raise InvalidClientMetadata("application_type web does not go with a private-use scheme in redirect_uris")
    return application_type


def _supported(
    requested: RequestedMetadata, name: str, offered: tuple[str, ...], *, absent: tuple[str, ...]
) -> tuple[str, ...]:
    if name not in requested.lists:
        return absent
    kept = tuple(value for value in requested.lists[name] if value in offered)
    if not kept:
        raise InvalidClientMetadata(f"{name}: nothing of it is supported")
    return kept


def _one_of(requested: RequestedMetadata, name: str, offered: tuple[str, ...], absent: str) -> str:
    value = requested.texts.get(name, absent)
    if value not in offered:
        raise InvalidClientMetadata(f"{name} must be of {', '.join(offered)}")
    return value


def _lifetime(requested: RequestedMetadata, name: str) -> int | None:
    seconds = requested.numbers.get(name)
    if seconds == 0:
        raise InvalidClientMetadata(f"{name} must be at least 1")
    return seconds
