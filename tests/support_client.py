"""A server's answers as values, for tests of the client's pure parts."""

from collections.abc import Mapping

from keyfob_client.auth_state import AuthState
from keyfob_client.messages import Headers, HttpResponse
from keyfob_protocol.client_information import ClientInformation, parse_client_information
from keyfob_protocol.identifiers import Issuer
from keyfob_protocol.json_document import dump_json
from keyfob_protocol.server_metadata import ServerMetadata, parse_server_metadata
from support_signing import p256_signer

BASE = "https://as.example"
ISSUER = Issuer(f"{BASE}/oauth/v2/oauth-anonymous")
NOW = 1_800_000_000
REDIRECT_URI = "io.curity.dcrclient:/callback"
LOGOUT_URI = "io.curity.dcrclient:/logoutcallback"
JSON = ("Content-Type", "application/json")


def metadata_document(**changed: object) -> dict[str, object]:
    """None leaves a member out."""
    document: dict[str, object] = {
        "issuer": ISSUER,
        "authorization_endpoint": f"{BASE}/authorize",
        "token_endpoint": f"{BASE}/token",
        "jwks_uri": f"{BASE}/jwks",
        "registration_endpoint": f"{BASE}/register",
        "end_session_endpoint": f"{BASE}/logout",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
    return {name: value for name, value in (document | changed).items() if value is not None}


def metadata(**changed: object) -> ServerMetadata:
    return parse_server_metadata(metadata_document(**changed), issuer=ISSUER)


def registration_answer(**changed: object) -> dict[str, object]:
    document: dict[str, object] = {
        "client_id": "instance-1",
        "client_secret": "instance-secret",
        "client_secret_expires_at": 0,
        "client_id_issued_at": NOW,
        "registration_client_uri": f"{BASE}/register/instance-1",
        "registration_access_token": "registration-access-token",
        "redirect_uris": [REDIRECT_URI],
        "post_logout_redirect_uris": [LOGOUT_URI],
        "scope": "openid profile",
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "ES256",
    }
    return {name: value for name, value in (document | changed).items() if value is not None}


def registration(**changed: object) -> ClientInformation:
    return parse_client_information(registration_answer(**changed))


def registered() -> AuthState:
    return AuthState(ISSUER).after_registration(registration())


def answer(status: int, document: Mapping[str, object], *headers: tuple[str, str]) -> HttpResponse:
    all_headers: Headers = (JSON, *headers)
    return HttpResponse(status, all_headers, dump_json(document), received_at=NOW)


def token_answer(**changed: object) -> HttpResponse:
    document: dict[str, object] = {
        "access_token": "access-1",
        "token_type": "bearer",
        "expires_in": 300,
        "scope": "openid profile",
        "refresh_token": "refresh-1",
    }
    return answer(200, {name: value for name, value in (document | changed).items() if value is not None})


def jwks_answer() -> HttpResponse:
    return answer(200, {"keys": [p256_signer().jwk()]})


def id_token(nonce: str, **changed: object) -> str:
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": "instance-1",
        "sub": "demouser",
        "iat": NOW,
        "exp": NOW + 300,
        "nonce": nonce,
    }
    return p256_signer().token(claims | changed)
