"""What a server announces (RFC 8414 section 2, OpenID Connect Discovery section 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from keyfob_protocol.response_members import MalformedResponse, flag, optional_text, text, texts
from keyfob_protocol.uris import web_uri_fault


@dataclass(frozen=True, slots=True)
class ServerMetadata:
    """Empty text and empty tuples mean absent; such members are left out of the document."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    registration_endpoint: str = ""
    end_session_endpoint: str = ""
    introspection_endpoint: str = ""
    revocation_endpoint: str = ""
    response_types_supported: tuple[str, ...] = ("code",)
    response_modes_supported: tuple[str, ...] = ()
    grant_types_supported: tuple[str, ...] = ()
    subject_types_supported: tuple[str, ...] = ()
    id_token_signing_alg_values_supported: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] = ()
    claims_supported: tuple[str, ...] = ()
    token_endpoint_auth_methods_supported: tuple[str, ...] = ()
    introspection_endpoint_auth_methods_supported: tuple[str, ...] = ()
    introspection_signing_alg_values_supported: tuple[str, ...] = ()
    """Of the answers as JWTs (RFC 9701 section 7)."""
    revocation_endpoint_auth_methods_supported: tuple[str, ...] = ()
    code_challenge_methods_supported: tuple[str, ...] = ()
    acr_values_supported: tuple[str, ...] = ()
    prompt_values_supported: tuple[str, ...] = ()
    authorization_response_iss_parameter_supported: bool = False
    request_parameter_supported: bool = False
    request_uri_parameter_supported: bool = False
    claims_parameter_supported: bool = False

    def document(self) -> dict[str, object]:
        """JSON members in the order above; booleans are always said, since one of them is true when absent."""
        members = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in members
            if isinstance(value, bool) or value
        }


ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "registration_endpoint",
    "end_session_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
)


def parse_server_metadata(document: Mapping[str, object], *, issuer: str) -> ServerMetadata:
    """For clients. `issuer` is the one that was asked; the document must hold the same bytes (RFC 8414 section 3.3).

    Unknown members are ignored. Raises MalformedResponse.
    """
    if text(document, "issuer") != issuer:
        raise MalformedResponse("issuer is not the issuer that was asked")
    endpoints = {name: _endpoint(document, name) for name in ENDPOINTS}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not endpoints[name]:
            raise MalformedResponse(f"{name} is missing")
    return ServerMetadata(
        issuer=issuer,
        **endpoints,
        response_types_supported=texts(document, "response_types_supported"),
        response_modes_supported=texts(document, "response_modes_supported"),
        grant_types_supported=texts(document, "grant_types_supported"),
        subject_types_supported=texts(document, "subject_types_supported"),
        id_token_signing_alg_values_supported=texts(document, "id_token_signing_alg_values_supported"),
        scopes_supported=texts(document, "scopes_supported"),
        claims_supported=texts(document, "claims_supported"),
        token_endpoint_auth_methods_supported=texts(document, "token_endpoint_auth_methods_supported"),
        introspection_endpoint_auth_methods_supported=texts(document, "introspection_endpoint_auth_methods_supported"),
        introspection_signing_alg_values_supported=texts(document, "introspection_signing_alg_values_supported"),
        revocation_endpoint_auth_methods_supported=texts(document, "revocation_endpoint_auth_methods_supported"),
        code_challenge_methods_supported=texts(document, "code_challenge_methods_supported"),
        acr_values_supported=texts(document, "acr_values_supported"),
        prompt_values_supported=texts(document, "prompt_values_supported"),
        authorization_response_iss_parameter_supported=flag(
            document, "authorization_response_iss_parameter_supported", absent=False
        ),
        request_parameter_supported=flag(document, "request_parameter_supported", absent=False),
        request_uri_parameter_supported=flag(document, "request_uri_parameter_supported", absent=True),
        claims_parameter_supported=flag(document, "claims_parameter_supported", absent=False),
    )


def _endpoint(document: Mapping[str, object], name: str) -> str:
    uri = optional_text(document, name)
    if uri is None:
        return ""
    if fault := web_uri_fault(uri, ip_hosts=True):
        raise MalformedResponse(f"{name} {fault}")
    return uri
