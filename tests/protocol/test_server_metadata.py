from dataclasses import fields

import pytest

from keyfob_protocol.response_members import MalformedResponse
from keyfob_protocol.server_metadata import ENDPOINTS, ServerMetadata, parse_server_metadata

ISSUER = "https://server.example/oauth/v2/oauth-anonymous"
WHOLE = ServerMetadata(
    issuer=ISSUER,
    authorization_endpoint="https://server.example/oauth/v2/oauth-authorize",
    token_endpoint="https://server.example/oauth/v2/oauth-token",
    jwks_uri=f"{ISSUER}/jwks",
    userinfo_endpoint="https://server.example/oauth/v2/oauth-userinfo",
    registration_endpoint="https://server.example/token-service/oauth-registration",
    end_session_endpoint="https://server.example/oauth/v2/oauth-session/logout",
    introspection_endpoint="https://server.example/oauth/v2/oauth-introspect",
    revocation_endpoint="https://server.example/oauth/v2/oauth-revoke",
    response_types_supported=("code",),
    response_modes_supported=("query",),
    grant_types_supported=("authorization_code", "refresh_token"),
    subject_types_supported=("public",),
    id_token_signing_alg_values_supported=("RS256", "ES256"),
    scopes_supported=("openid", "dcr"),
    claims_supported=("sub", "name"),
    token_endpoint_auth_methods_supported=("client_secret_basic",),
    introspection_signing_alg_values_supported=("RS256",),
    introspection_endpoint_auth_methods_supported=("client_secret_basic",),
    revocation_endpoint_auth_methods_supported=("client_secret_basic", "none"),
    code_challenge_methods_supported=("S256",),
    acr_values_supported=("urn:x",),
    prompt_values_supported=("none", "login"),
    authorization_response_iss_parameter_supported=True,
    request_parameter_supported=True,
    request_uri_parameter_supported=True,
    claims_parameter_supported=True,
)
LEAST = {name: f"https://server.example/{name}" for name in ENDPOINTS[:3]} | {"issuer": ISSUER}


def test_a_whole_document_is_read_as_it_was_written() -> None:
    assert set(WHOLE.document()) == {field.name for field in fields(ServerMetadata)}
    assert parse_server_metadata(WHOLE.document(), issuer=ISSUER) == WHOLE


def test_request_uri_is_always_said_since_absent_means_true() -> None:
    least = ServerMetadata(ISSUER, LEAST["authorization_endpoint"], LEAST["token_endpoint"], LEAST["jwks_uri"])
    document = least.document()
    assert document["request_uri_parameter_supported"] is False
    assert "registration_endpoint" not in document
    assert parse_server_metadata(document, issuer=ISSUER) == least
    assert parse_server_metadata(LEAST, issuer=ISSUER).request_uri_parameter_supported is True


def test_unknown_members_are_ignored() -> None:
    assert parse_server_metadata(WHOLE.document() | {"mtls_endpoint_aliases": {}}, issuer=ISSUER) == WHOLE


@pytest.mark.parametrize("issuer", [ISSUER + "/", ISSUER.upper(), ISSUER[:-1], "https://evil.example", None, 1, ""])
def test_o2_a_document_of_another_issuer_is_refused(issuer: object) -> None:
    with pytest.raises(MalformedResponse, match="issuer"):
        parse_server_metadata(LEAST | {"issuer": issuer}, issuer=ISSUER)


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("uri", ["http://server.example/x", "ftp://server.example/x", "/x", "javascript:x", 1, ["x"]])
def test_o2_an_endpoint_that_is_not_https_is_refused(name: str, uri: object) -> None:
    with pytest.raises(MalformedResponse, match=name):
        parse_server_metadata(WHOLE.document() | {name: uri}, issuer=ISSUER)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:8443/x", "http://localhost:8443/x", "https://10.0.2.2:8443/x"])
def test_endpoints_on_loopback_and_at_addresses_are_read(uri: str) -> None:
    assert parse_server_metadata(LEAST | {"token_endpoint": uri}, issuer=ISSUER).token_endpoint == uri


@pytest.mark.parametrize("name", ENDPOINTS[:3])
def test_an_endpoint_that_every_client_needs_is_missed(name: str) -> None:
    with pytest.raises(MalformedResponse, match=f"{name} is missing"):
        parse_server_metadata({key: value for key, value in LEAST.items() if key != name}, issuer=ISSUER)


@pytest.mark.parametrize(("name", "value"), [
    ("scopes_supported", "openid"), ("scopes_supported", ["openid", 1]), ("claims_parameter_supported", "true"),
])  # fmt: skip
def test_a_member_of_the_wrong_type_is_named(name: str, value: object) -> None:
    with pytest.raises(MalformedResponse, match=name):
        parse_server_metadata(LEAST | {name: value}, issuer=ISSUER)
