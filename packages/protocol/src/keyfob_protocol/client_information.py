"""What a registered client is, and the answer that tells it so (RFC 7591 section 3.2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.metadata_members import TAGGED_MEMBERS, kind_of
from keyfob_protocol.response_members import MalformedResponse, flag, optional_integer, optional_text, text, texts
from keyfob_protocol.scopes import format_scope, parse_scope
from keyfob_protocol.uris import web_uri_fault


@cheaply_made
@dataclass(frozen=True, slots=True)
class ClientMetadata:
    """Metadata as registered: every default filled in, every refusal behind it. Empty text means absent."""

    redirect_uris: tuple[str, ...]
    scope: tuple[str, ...]
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    application_type: str = "web"
    token_endpoint_auth_method: str = "client_secret_basic"
    post_logout_redirect_uris: tuple[str, ...] = ()
    subject_type: str = "public"
    sector_identifier_uri: str = ""
    id_token_signed_response_alg: str = "RS256"
    default_acr_values: tuple[str, ...] = ()
    default_max_age: int | None = None
    require_auth_time: bool = False
    requires_consent: bool = False
    id_token_on_refresh: bool = False
    access_token_ttl: int | None = None
    refresh_token_ttl: int | None = None
    contacts: tuple[str, ...] = ()
    software_id: str = ""
    software_version: str = ""
    instance_name: str = ""
    instance_platform: str = ""
    instance_os_version: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """client_name client_uri logo_uri policy_uri tos_uri, plain and language-tagged (`client_name#fr`)."""

    @property
    def client_name(self) -> str:
        return self.names.get("client_name", "")

    def document(self) -> dict[str, object]:
        """The registered members, as the answer holds them; what is empty, unset or false is left out."""
        members: dict[str, object] = {
            "redirect_uris": list(self.redirect_uris),
            "post_logout_redirect_uris": list(self.post_logout_redirect_uris),
            "application_type": self.application_type,
            "grant_types": list(self.grant_types),
            "response_types": list(self.response_types),
            "scope": format_scope(self.scope),
            "token_endpoint_auth_method": self.token_endpoint_auth_method,
            "subject_type": self.subject_type,
            "sector_identifier_uri": self.sector_identifier_uri,
            "id_token_signed_response_alg": self.id_token_signed_response_alg,
            "default_acr_values": list(self.default_acr_values),
            "default_max_age": self.default_max_age,
            "require_auth_time": self.require_auth_time,
            "requires_consent": self.requires_consent,
            "id_token_on_refresh": self.id_token_on_refresh,
            "access_token_ttl": self.access_token_ttl,
            "refresh_token_ttl": self.refresh_token_ttl,
            "contacts": list(self.contacts),
            "software_id": self.software_id,
            "software_version": self.software_version,
            "instance_name": self.instance_name,
            "instance_platform": self.instance_platform,
            "instance_os_version": self.instance_os_version,
        }
        present = {name: value for name, value in members.items() if value is not False and value not in (None, "", [])}
        return present | dict(self.names)


@cheaply_made
@dataclass(frozen=True, slots=True)
class ClientInformation:
    """The whole answer to a registration. Times are epoch seconds; empty text means absent."""

    client_id: str
    metadata: ClientMetadata
    client_secret: str = field(default="", repr=False)
    client_secret_expires_at: int = 0
    """0: never. Said whenever there is a secret."""
    client_id_issued_at: int | None = None
    registration_client_uri: str = ""
    registration_access_token: str = field(default="", repr=False)
    registration_access_token_expires_in: int | None = None
    """Seconds, house member."""
    token_endpoint_auth_methods: tuple[str, ...] = ()
    """The methods accepted at run time, house member."""

    def document(self) -> dict[str, object]:
        """Raises ValueError for one of registration_client_uri and registration_access_token without the other."""
        if bool(self.registration_client_uri) is not bool(self.registration_access_token):
            raise ValueError("registration_client_uri and registration_access_token go together")
        members: dict[str, object] = {"client_id": self.client_id}
        if self.client_id_issued_at is not None:
            members["client_id_issued_at"] = self.client_id_issued_at
        if self.client_secret:
            members["client_secret"] = self.client_secret
            members["client_secret_expires_at"] = self.client_secret_expires_at
        if self.registration_access_token:
            members["registration_client_uri"] = self.registration_client_uri
            members["registration_access_token"] = self.registration_access_token
        if self.registration_access_token_expires_in is not None:
            members["registration_access_token_expires_in"] = self.registration_access_token_expires_in
        if self.token_endpoint_auth_methods:
            members["token_endpoint_auth_methods"] = list(self.token_endpoint_auth_methods)
        return members | self.metadata.document()


def parse_client_information(document: Mapping[str, object]) -> ClientInformation:
    """Raises MalformedResponse. Unknown members are ignored, absent metadata has the defaults of RFC 7591 section 2.

    A secret comes with the time of its expiry, and the address of the registration with its token, or the answer is
    refused.
    """
    client_secret = optional_text(document, "client_secret")
    expires_at = optional_integer(document, "client_secret_expires_at")
    if client_secret is not None and expires_at is None:
        raise MalformedResponse("client_secret_expires_at is missing beside client_secret")
    uri = optional_text(document, "registration_client_uri")
    token = optional_text(document, "registration_access_token")
    if (uri is None) is not (token is None):
        raise MalformedResponse("registration_client_uri and registration_access_token must come together")
    if uri is not None and (fault := web_uri_fault(uri, ip_hosts=True)):
        raise MalformedResponse(f"registration_client_uri {fault}")
    return ClientInformation(
        client_id=text(document, "client_id"),
        metadata=_metadata(document),
        client_secret=client_secret or "",
        client_secret_expires_at=expires_at or 0,
        client_id_issued_at=optional_integer(document, "client_id_issued_at"),
        registration_client_uri=uri or "",
        registration_access_token=token or "",
        registration_access_token_expires_in=optional_integer(document, "registration_access_token_expires_in"),
        token_endpoint_auth_methods=texts(document, "token_endpoint_auth_methods"),
    )


def _metadata(document: Mapping[str, object]) -> ClientMetadata:
    def word(name: str, absent: str = "") -> str:
        return optional_text(document, name) or absent

    try:
        scope = parse_scope(optional_text(document, "scope"))
    except InvalidScope as error:
        raise MalformedResponse(f"scope: {error.description}") from None
    return ClientMetadata(
        redirect_uris=texts(document, "redirect_uris"),
        scope=scope,
        grant_types=texts(document, "grant_types") or ("authorization_code",),
        response_types=texts(document, "response_types") or ("code",),
        application_type=word("application_type", "web"),
        token_endpoint_auth_method=word("token_endpoint_auth_method", "client_secret_basic"),
        post_logout_redirect_uris=texts(document, "post_logout_redirect_uris"),
        subject_type=word("subject_type", "public"),
        sector_identifier_uri=word("sector_identifier_uri"),
        id_token_signed_response_alg=word("id_token_signed_response_alg", "RS256"),
        default_acr_values=texts(document, "default_acr_values"),
        default_max_age=optional_integer(document, "default_max_age"),
        require_auth_time=flag(document, "require_auth_time", absent=False),
        requires_consent=flag(document, "requires_consent", absent=False),
        id_token_on_refresh=flag(document, "id_token_on_refresh", absent=False),
        access_token_ttl=optional_integer(document, "access_token_ttl"),
        refresh_token_ttl=optional_integer(document, "refresh_token_ttl"),
        contacts=texts(document, "contacts"),
        software_id=word("software_id"),
        software_version=word("software_version"),
        instance_name=word("instance_name"),
        instance_platform=word("instance_platform"),
        instance_os_version=word("instance_os_version"),
        names={name: text(document, name) for name in document if _is_name(name) and optional_text(document, name)},
    )


def _is_name(name: str) -> bool:
    return name.partition("#")[0] in TAGGED_MEMBERS and kind_of(name) is not None
