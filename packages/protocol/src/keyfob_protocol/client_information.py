"""What a registered client is, and the answer that tells it so (RFC 7591 section 3.2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
