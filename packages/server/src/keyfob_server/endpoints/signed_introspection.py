"""The signed forms of an introspection answer."""

from keyfob_protocol.errors import ServerError
from keyfob_server.endpoints.introspection import Introspected
from keyfob_server.endpoints.services import Services

RESPONSE_TYPE = "token-introspection+jwt"
"""RFC 9701 section 5: the media type without `application/`, and the `typ` of the JWT."""
ACCESS_TOKEN_TYPE = "at+jwt"
"""RFC 9068 section 2.1."""
SIGNING_ALG = "RS256"


def introspection_jwt(services: Services, answer: Introspected) -> str:
    """RFC 9701: the answer as a member of a JWT for the caller, that proves who said it and when."""
    claims = {
        "iss": services.policy.issuer,
        "aud": answer.caller,
        "iat": answer.now,
        "token_introspection": answer.members,
    }
    return _signed(services, claims, RESPONSE_TYPE)


def access_token_jwt(services: Services, answer: Introspected) -> str | None:
    """The opaque token as a JWT access token (RFC 9068) for the caller alone, which it may hand on to its own services;
    None when the token is not active.
    """
    if answer.members.get("active") is not True:
        return None
    members = {name: value for name, value in answer.members.items() if name not in {"active", "token_type"}}
    claims = members | {"aud": answer.caller, "iat": answer.now, "jti": services.entropy.uuid7()}
    return _signed(services, claims, ACCESS_TOKEN_TYPE)


def _signed(services: Services, claims: dict[str, object], typ: str) -> str:
    try:
        return services.signer.sign(SIGNING_ALG, claims, typ=typ)
    except KeyError:
        raise ServerError("there is no key to sign with", reason="no RS256 key") from None
