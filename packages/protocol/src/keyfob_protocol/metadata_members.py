"""The members of client metadata and their JSON types (RFC 7591 section 2 and its extensions)."""

import re
from collections.abc import Mapping
from enum import Enum


class Kind(Enum):
    """The JSON type that a member has, and what else is judged by its kind alone."""

    TEXT = "a string"
    WEB_URI = "a string, an https URI"
    URI = "a string, a URI of a feature"
    STATEMENT = "a string, a signed statement"
    SCOPE = "a string of scope names"
    URIS = "a list of strings; a single string is taken for a list of one"
    LIST = "a list of strings"
    FLAG = "a boolean; the strings true and false are taken for it"
    NUMBER = "a whole number that is not negative"
    KEYS = "an object"


TAGGED_MEMBERS = {
    "client_name": Kind.TEXT,
    "client_uri": Kind.WEB_URI,
    "logo_uri": Kind.WEB_URI,
    "policy_uri": Kind.WEB_URI,
    "tos_uri": Kind.WEB_URI,
}
"""Those that may stand once for each language, as in `client_name#fr` (RFC 7591 section 2.2)."""

MEMBERS: Mapping[str, Kind] = TAGGED_MEMBERS | {
    "redirect_uris": Kind.URIS,
    "post_logout_redirect_uris": Kind.URIS,
    "request_uris": Kind.URIS,
    "grant_types": Kind.LIST,
    "response_types": Kind.LIST,
    "default_acr_values": Kind.LIST,
    "contacts": Kind.LIST,
    "scope": Kind.SCOPE,
    "application_type": Kind.TEXT,
    "token_endpoint_auth_method": Kind.TEXT,
    "token_endpoint_auth_signing_alg": Kind.TEXT,
    "jwks": Kind.KEYS,
    "jwks_uri": Kind.URI,
    "tls_client_auth_subject_dn": Kind.TEXT,
    "tls_client_auth_san_dns": Kind.TEXT,
    "tls_client_auth_san_uri": Kind.TEXT,
    "tls_client_auth_san_ip": Kind.TEXT,
    "tls_client_auth_san_email": Kind.TEXT,
    "tls_client_certificate_bound_access_tokens": Kind.FLAG,
    "dpop_bound_access_tokens": Kind.FLAG,
    "software_id": Kind.TEXT,
    "software_version": Kind.TEXT,
    "software_statement": Kind.STATEMENT,
    "subject_type": Kind.TEXT,
    "sector_identifier_uri": Kind.URI,
    "default_max_age": Kind.NUMBER,
    "require_auth_time": Kind.FLAG,
    "id_token_signed_response_alg": Kind.TEXT,
    "userinfo_signed_response_alg": Kind.TEXT,
    "introspection_signed_response_alg": Kind.TEXT,
    "request_object_signing_alg": Kind.TEXT,
    "initiate_login_uri": Kind.URI,
    "require_pushed_authorization_requests": Kind.FLAG,
    "require_signed_request_object": Kind.FLAG,
    "requires_consent": Kind.FLAG,
    "id_token_on_refresh": Kind.FLAG,
    "backchannel_logout_uri": Kind.URI,
    "backchannel_logout_session_required": Kind.FLAG,
    "frontchannel_logout_uri": Kind.URI,
    "frontchannel_logout_session_required": Kind.FLAG,
    "access_token_ttl": Kind.NUMBER,
    "refresh_token_ttl": Kind.NUMBER,
    "instance_name": Kind.TEXT,
    "instance_platform": Kind.TEXT,
    "instance_os_version": Kind.TEXT,
}
"""Every member that is known; all others are ignored (RFC 7591 section 2)."""

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}")


def kind_of(name: str) -> Kind | None:
    """None for a member that is not known; a tag that is no language (RFC 5646) makes the member unknown."""
    base, hash_sign, tag = name.partition("#")
    if hash_sign:
        return TAGGED_MEMBERS.get(base) if _LANGUAGE_TAG.fullmatch(tag) else None
    return MEMBERS.get(base)
