import re
from dataclasses import fields, replace

import pytest

from keyfob_protocol.client_information import ClientInformation, ClientMetadata, parse_client_information
from keyfob_protocol.metadata_members import MEMBERS
from keyfob_protocol.response_members import MalformedResponse
from support_documents import faults, golden

CLIENT_ID = "0198d7a2-de2f-7e96-b27b-882cce0a3352"
SEED = ClientInformation(
    client_id=CLIENT_ID,
    metadata=ClientMetadata(
        redirect_uris=("io.curity.dcrclient:/callback",),
        scope=("openid", "profile"),
        grant_types=("authorization_code", "refresh_token"),
        application_type="native",
        post_logout_redirect_uris=("io.curity.dcrclient:/logoutcallback",),
        default_acr_values=("urn:se:curity:authentication:html-form:Username-Password",),
        refresh_token_ttl=3600,
    ),
    client_secret="s" * 43,
    client_id_issued_at=1_624_011_134,
    registration_client_uri=f"https://server.example/token-service/oauth-registration/{CLIENT_ID}",
    registration_access_token="r" * 43,
    registration_access_token_expires_in=31_536_000,
    token_endpoint_auth_methods=("client_secret_basic", "client_secret_post"),
)
WHOLE = ClientMetadata(
    redirect_uris=("https://app.example/cb",),
    scope=("openid",),
    grant_types=("authorization_code",),
    response_types=("code",),
    application_type="web",
    token_endpoint_auth_method="client_secret_post",
    post_logout_redirect_uris=("https://app.example/out",),
    subject_type="public",
    id_token_signed_response_alg="ES256",
    default_acr_values=("urn:x",),
    default_max_age=0,
    require_auth_time=True,
    requires_consent=True,
    id_token_on_refresh=True,
    access_token_ttl=60,
    refresh_token_ttl=600,
    contacts=("a@app.example",),
    software_id="app",
    software_version="1",
    sector_identifier_uri="https://sector.example/uris.json",
    instance_name="Anna's phone",
    instance_platform="Android",
    instance_os_version="16",
    names={"client_name": "App", "client_name#fr": "Appli", "tos_uri": "https://app.example/tos"},
)


def test_the_answer_holds_every_member_of_the_seed_and_no_other() -> None:
    assert faults(SEED.document(), golden("registration/seed_response.json")) == []


def test_the_comparison_with_the_seed_finds_what_differs() -> None:
    expected = golden("registration/seed_response.json")
    changed = SEED.document() | {"client_secret_expires_at": "0", "client_id": "x", "status": "active"}
    del changed["scope"]
    assert len(faults(changed, expected)) == 4


@pytest.mark.parametrize("metadata", [SEED.metadata, WHOLE], ids=["seed", "every member"])
def test_a_client_reads_what_the_server_wrote(metadata: ClientMetadata) -> None:
    information = replace(SEED, metadata=metadata)
    assert parse_client_information(information.document()) == information


def test_every_registered_member_is_told_under_its_name() -> None:
    names = {field.name for field in fields(ClientMetadata)} - {"names"} | set(WHOLE.names)
    assert set(WHOLE.document()) == names
    assert {name.partition("#")[0] for name in names} <= set(MEMBERS)
    assert WHOLE.client_name == "App"


def test_a_public_client_gets_no_secret_and_no_expiry_of_one() -> None:
    document = replace(SEED, client_secret="", metadata=replace(WHOLE, token_endpoint_auth_method="none")).document()
    assert "client_secret" not in document
    assert "client_secret_expires_at" not in document
    assert parse_client_information(document).client_secret == ""


def test_an_answer_without_management_names_neither_address_nor_token() -> None:
    bare = ClientInformation(CLIENT_ID, WHOLE)
    assert set(bare.document()) == {"client_id"} | set(WHOLE.document())
    assert parse_client_information(bare.document()) == bare


@pytest.mark.parametrize("lacking", ["registration_client_uri", "registration_access_token"])
def test_one_of_address_and_token_is_never_written_alone(lacking: str) -> None:
    information = (
        replace(SEED, registration_client_uri="")
        if lacking == "registration_client_uri"
        else replace(SEED, registration_access_token="")
    )
    with pytest.raises(ValueError, match="go together"):
        information.document()


def test_the_least_answer_has_the_defaults_of_rfc_7591() -> None:
    assert parse_client_information({"client_id": "a", "x": {}}) == ClientInformation(
        "a", ClientMetadata(redirect_uris=(), scope=())
    )


@pytest.mark.parametrize(("name", "value"), [
    ("client_id", None), ("client_id", ""), ("client_id", 7), ("client_secret", 7), ("client_secret_expires_at", None),
    ("client_secret_expires_at", "0"), ("client_secret_expires_at", "never"), ("client_secret_expires_at", -1),
    ("registration_client_uri", None), ("registration_access_token", None), ("registration_client_uri", ""),
    ("registration_client_uri", "http://server.example/x"), ("registration_client_uri", "/x"), ("scope", ["openid"]),
    ("scope", "a  b"), ("redirect_uris", "io.curity.dcrclient:/callback"), ("grant_types", [1]),
    ("client_id_issued_at", "1624011134"), ("token_endpoint_auth_method", {}), ("requires_consent", "false"),
    ("client_name", 7), ("client_name#fr", ["x"]),
])  # fmt: skip
def test_an_answer_that_apps_cannot_use_is_malformed(name: str, value: object) -> None:
    with pytest.raises(MalformedResponse, match=re.escape(name)):
        parse_client_information(SEED.document() | {name: value})
