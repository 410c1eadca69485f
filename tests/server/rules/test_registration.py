"""What becomes of a registration request (wire: RFC 7591 section 2)."""

from dataclasses import replace

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.client_metadata import parse_client_metadata
from keyfob_protocol.errors import (
    InvalidClientMetadata,
    InvalidRedirectUri,
    ProtocolError,
    UnapprovedSoftwareStatement,
)
from keyfob_server.rules.policy import PASSWORD_ACR, RegistrationPolicy
from keyfob_server.rules.registration import register
from support_documents import golden

NATIVE: dict[str, object] = {"redirect_uris": ["io.curity.dcrclient:/callback"]}
DEFAULT = RegistrationPolicy()


def registered(
    document: dict[str, object], policy: RegistrationPolicy = DEFAULT, *, refresh_tokens: bool = True
) -> ClientMetadata:
    return register(
        parse_client_metadata(document),
        policy,
        acr=PASSWORD_ACR,
        refresh_tokens=refresh_tokens,
        id_token_algs=("RS256", "ES256"),
    )


def test_the_request_of_the_seed_is_registered_as_its_answer_says() -> None:
    answer = golden("registration/seed_response.json")
    document = replace(registered(golden("registration/seed_request.json")), refresh_token_ttl=3600).document()
    assert document == {name: answer[name] for name in document}
    assert {name for name, value in answer.items() if not isinstance(value, dict)} - set(document) == {
        "registration_access_token_expires_in",
        "client_secret_expires_at",
        "token_endpoint_auth_methods",
    }


def test_what_is_absent_gets_its_default() -> None:
    assert registered(NATIVE) == ClientMetadata(
        redirect_uris=("io.curity.dcrclient:/callback",),
        scope=("openid", "profile"),
        grant_types=("authorization_code", "refresh_token"),
        response_types=("code",),
        application_type="native",
        token_endpoint_auth_method="client_secret_basic",
        default_acr_values=(PASSWORD_ACR,),
    )


def test_what_is_asked_for_and_supported_is_registered() -> None:
    asked: dict[str, object] = {
        "redirect_uris": ["https://app.example/cb"],
        "post_logout_redirect_uris": ["https://app.example/out"],
        "application_type": "native",
        "grant_types": ["refresh_token", "authorization_code"],
        "response_types": ["code"],
        "scope": "openid email",
        "token_endpoint_auth_method": "none",
        "subject_type": "public",
        "id_token_signed_response_alg": "ES256",
        "default_acr_values": [PASSWORD_ACR],
        "default_max_age": 0,
        "require_auth_time": True,
        "requires_consent": "true",
        "id_token_on_refresh": True,
        "access_token_ttl": 60,
        "refresh_token_ttl": 600,
        "contacts": ["a@app.example"],
        "software_id": "app",
        "software_version": "1.0",
        "instance_name": "Anna's phone",
        "instance_platform": "Android",
        "instance_os_version": "16",
        "client_name": "App",
        "client_name#fr": "Appli",
        "logo_uri": "https://app.example/logo.png",
    }
    assert registered(asked).document() == asked | {"requires_consent": True}


@pytest.mark.parametrize(("members", "name", "value"), [
    ({"response_types": ["code", "token", "id_token", "code token", "code id_token", "code id_token token"]},
     "response_types", ("code",)),
    ({"response_types": ["code", "id_token"]}, "response_types", ("code",)),
    ({"grant_types": ["authorization_code", "implicit", "password"]},
     "grant_types", ("authorization_code", "refresh_token")),
    ({"scope": "openid offline_access admin email"}, "scope", ("openid", "email")),
    ({"scope": ""}, "scope", ("openid", "profile")),
    ({"default_acr_values": ["urn:mace:incommon:iap:silver", PASSWORD_ACR]}, "default_acr_values", (PASSWORD_ACR,)),
])  # fmt: skip
def test_unsupported_entries_of_lists_are_dropped(members: dict[str, object], name: str, value: object) -> None:
    assert getattr(registered(NATIVE | members), name) == value


@pytest.mark.parametrize("members", [
    {"response_types": ["token"]}, {"response_types": []}, {"response_types": ["id_token", "CODE"]},
    {"grant_types": ["implicit"]}, {"grant_types": []}, {"grant_types": ["client_credentials"]},
    {"grant_types": ["refresh_token"]}, {"grant_types": ["refresh_token"], "response_types": ["code"]},
    {"grant_types": ["implicit"], "response_types": ["code"]},
    {"grant_types": ["authorization_code"], "response_types": ["id_token"]},
    {"scope": "admin"}, {"scope": "dcr"}, {"scope": "openid dcr"}, {"default_acr_values": ["urn:x"]},
    {"default_acr_values": []}, {"access_token_ttl": 0}, {"refresh_token_ttl": 0},
])  # fmt: skip
def test_nothing_left_or_a_contradiction_is_refused_by_name(members: dict[str, object]) -> None:
    names = "|".join(members)
    with pytest.raises(InvalidClientMetadata, match=names):
        registered(NATIVE | members)


@pytest.mark.parametrize(("name", "value"), [
    ("token_endpoint_auth_method", "private_key_jwt"), ("token_endpoint_auth_method", "client_secret_jwt"),
    ("token_endpoint_auth_method", "tls_client_auth"), ("token_endpoint_auth_method", "self_signed_tls_client_auth"),
    ("token_endpoint_auth_method", "attest_jwt_client_auth"), ("token_endpoint_auth_method", ""),
    ("token_endpoint_auth_method", "Client_Secret_Basic"), ("id_token_signed_response_alg", "none"),
    ("id_token_signed_response_alg", "HS256"), ("id_token_signed_response_alg", "PS256"),
    ("id_token_signed_response_alg", ""), ("subject_type", "PAIRWISE"), ("subject_type", ""),
    ("application_type", "browser"), ("dpop_bound_access_tokens", True), ("dpop_bound_access_tokens", "true"),
    ("tls_client_certificate_bound_access_tokens", True), ("require_pushed_authorization_requests", True),
    ("require_signed_request_object", True), ("userinfo_signed_response_alg", "RS256"),
    ("introspection_signed_response_alg", "RS256"), ("request_object_signing_alg", "RS256"),
    ("request_object_signing_alg", "none"),
])  # fmt: skip
def test_protection_that_is_not_offered_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(InvalidClientMetadata, match=name):
        registered(NATIVE | {name: value})


@pytest.mark.parametrize("members", [
    {"dpop_bound_access_tokens": False}, {"require_signed_request_object": "false"}, {"jwks": {"keys": []}},
    {"require_pushed_authorization_requests": False}, {"tls_client_certificate_bound_access_tokens": False},
    {"jwks_uri": "http://169.254.169.254/"}, {"sector_identifier_uri": "https://app.example/x"},
    {"token_endpoint_auth_signing_alg": "RS256"}, {"tls_client_auth_subject_dn": "CN=x"}, {"request_uris": ["https://a/x"]},
    {"initiate_login_uri": "https://app.example/x"}, {"backchannel_logout_uri": "https://app.example/x"},
    {"backchannel_logout_session_required": True}, {"frontchannel_logout_uri": "https://app.example/x"}, {"unknown": 1},
])  # fmt: skip
def test_members_of_features_that_are_off_are_neither_stored_nor_echoed(members: dict[str, object]) -> None:
    assert registered(NATIVE | members) == registered(NATIVE)


@pytest.mark.parametrize(("uris", "application_type"), [
    (["io.curity.dcrclient:/callback"], "native"), (["http://127.0.0.1/cb"], "native"),
    (["http://localhost/cb"], "native"), (["https://app.example/cb"], "web"),
    (["https://app.example/cb", "com.example.app:/cb"], "native"),
])  # fmt: skip
def test_the_application_type_follows_from_the_redirect_uris(uris: list[str], application_type: str) -> None:
    assert registered({"redirect_uris": uris}).application_type == application_type


def test_an_explicit_web_application_with_a_private_use_scheme_is_refused() -> None:
    with pytest.raises(InvalidClientMetadata, match="application_type web does not go with a private-use scheme"):
        registered(NATIVE | {"application_type": "web"})


@pytest.mark.parametrize(("document", "error", "message"), [
    ({}, InvalidRedirectUri, "redirect_uris: at least one"),
    ({"redirect_uris": []}, InvalidRedirectUri, "redirect_uris: at least one"),
    ({"redirect_uris": ["https://app.example/#x"]}, InvalidRedirectUri, "redirect_uris: the URI has a fragment"),
    (NATIVE | {"post_logout_redirect_uris": ["javascript:x"]}, InvalidRedirectUri, "post_logout_redirect_uris: "),
    (NATIVE | {"software_statement": "eyJ.e30."}, UnapprovedSoftwareStatement, "software_statement"),
])  # fmt: skip
def test_each_fault_has_its_error(document: dict[str, object], error: type[ProtocolError], message: str) -> None:
    with pytest.raises(error, match=message) as raised:
        registered(document)
    assert raised.type is error


def test_one_bad_redirect_uri_refuses_all() -> None:
    with pytest.raises(InvalidRedirectUri):
        registered({"redirect_uris": ["io.curity.dcrclient:/callback", "http://evil.example/"]})


def test_refresh_is_neither_added_nor_granted_when_it_is_off() -> None:
    asked = NATIVE | {"grant_types": ["authorization_code", "refresh_token"]}
    assert registered(asked, refresh_tokens=False).grant_types == ("authorization_code",)
    no_refresh = RegistrationPolicy(allowed_grant_types=("authorization_code",))
    assert registered(asked, no_refresh).grant_types == ("authorization_code",)


def test_a_policy_without_the_code_grant_registers_nothing() -> None:
    with pytest.raises(InvalidClientMetadata, match="grant_types"):
        registered(NATIVE, RegistrationPolicy(allowed_grant_types=("refresh_token",)))


def test_the_policy_decides_on_schemes_localhost_and_counts() -> None:
    undotted: dict[str, object] = {"redirect_uris": ["myapp:/cb"]}
    localhost: dict[str, object] = {"redirect_uris": ["http://localhost/cb"]}
    two: dict[str, object] = {"redirect_uris": ["com.example.app:/a", "com.example.app:/b"]}
    for document in (undotted, localhost | {"scope": "admin"}):
        with pytest.raises(ProtocolError):
            registered(document)
    assert registered(undotted, RegistrationPolicy(allow_undotted_schemes=True)).redirect_uris == ("myapp:/cb",)
    assert registered(localhost, RegistrationPolicy(allowed_scopes=("x",), default_scope=("x", "y"))).scope == ("x",)
    for document, policy in (
        (localhost, RegistrationPolicy(localhost_is_loopback=False)),
        (two, RegistrationPolicy(max_redirect_uris=1)),
        (two, RegistrationPolicy(max_uri_length=10)),
    ):
        with pytest.raises(InvalidRedirectUri):
            registered(document, policy)
