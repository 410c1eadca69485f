"""What the server announces: derived from the tables that it runs on (RFC 8414, OpenID Connect Discovery)."""

from keyfob_protocol.authorization_request import PROMPTS, RESPONSE_MODES, RESPONSE_TYPES
from keyfob_protocol.claims import SUPPORTED_CLAIMS
from keyfob_protocol.server_metadata import ServerMetadata
from keyfob_server.endpoints.client_auth import CLIENT_AUTH_METHODS, PROVING_METHODS
from keyfob_server.endpoints.grants import GRANT_TYPES
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.signed_introspection import SIGNING_ALG
from keyfob_server.rules.authorize import DCR
from keyfob_server.rules.registration import SUBJECT_TYPES


def server_metadata(services: Services) -> ServerMetadata:
    policy = services.policy
    base, paths, registration = policy.base_url, policy.paths, policy.registration
    return ServerMetadata(
        issuer=policy.issuer,
        authorization_endpoint=base + paths.authorize,
        token_endpoint=base + paths.token,
        jwks_uri=f"{policy.issuer}/jwks",
        userinfo_endpoint=base + paths.userinfo,
        registration_endpoint=base + paths.registration if registration.enabled else "",
        end_session_endpoint=base + paths.end_session,
        introspection_endpoint=base + paths.introspect,
        revocation_endpoint=base + paths.revoke,
        response_types_supported=RESPONSE_TYPES,
        response_modes_supported=RESPONSE_MODES,
        grant_types_supported=tuple(name for name in GRANT_TYPES if policy.refresh_tokens or name != "refresh_token"),
        subject_types_supported=SUBJECT_TYPES,
        id_token_signing_alg_values_supported=services.signer.algorithms(),
        scopes_supported=(*registration.allowed_scopes, *((DCR,) if registration.enabled else ())),
        claims_supported=SUPPORTED_CLAIMS,
        token_endpoint_auth_methods_supported=tuple(CLIENT_AUTH_METHODS),
        introspection_endpoint_auth_methods_supported=PROVING_METHODS,
        introspection_signing_alg_values_supported=(SIGNING_ALG,),
        revocation_endpoint_auth_methods_supported=tuple(CLIENT_AUTH_METHODS),
        code_challenge_methods_supported=("S256",),
        acr_values_supported=(policy.acr,),
        prompt_values_supported=PROMPTS,
        authorization_response_iss_parameter_supported=True,
    )
