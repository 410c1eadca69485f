"""A NUL in what names a row: PostgreSQL has no such text, so asking it would be a fault, and cost a connection."""

import base64
import json

import pytest

from keyfob_server.crypto import base64url
from keyfob_server.rules.policy import Paths
from support_app import REGISTER, SEED_REQUEST, TOKEN, Instance, Keyfob, basic, bearer

JUNK_GRANT = base64url.encode(b"\x01" + bytes(4) + b"\x03a\x00b" + b"\x03c\x00d" + bytes(4) + bytes(32))
"""Of the form of a refresh token: what it names is looked for before its MAC can be checked."""
FORMS = {
    TOKEN: {"grant_type": "refresh_token", "refresh_token": "x"},
    Paths().introspect: {"token": "x"},
    Paths().revoke: {"token": "x"},
}


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("credentials", ["a%00b:secret", "a\x00b:secret"], ids=["encoded", "plain"])
def test_basic_credentials_of_a_client_with_a_nul_are_none(keyfob: Keyfob, path: str, credentials: str) -> None:
    header = {"authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}
    answer = keyfob.request("POST", path, data=FORMS[path], headers=header)
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": "invalid_client", "error_description": "the Basic credentials cannot be decoded"},
    )


def test_a_refresh_token_of_a_grant_with_a_nul_is_none(keyfob: Keyfob, instance: Instance) -> None:
    answer = keyfob.refresh(instance, JUNK_GRANT)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    credentials = basic(instance.client_id, instance.client_secret)
    for path, expected in ((Paths().introspect, {"active": False}), (Paths().revoke, None)):
        answer = keyfob.request("POST", path, data={"token": JUNK_GRANT}, headers=credentials)
        assert (answer.status_code, answer.json() if answer.content else None) == (200, expected)


@pytest.mark.parametrize("software_id", ["a\x00b", "\x00"])
def test_a_software_id_with_a_nul_is_invalid_client_metadata(keyfob: Keyfob, software_id: str) -> None:
    token = keyfob.initial_token()
    body = json.dumps(SEED_REQUEST | {"software_id": software_id}).encode()
    headers = bearer(token) | {"content-type": "application/json"}
    answer = keyfob.request("POST", REGISTER, content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "invalid_client_metadata", "error_description": "software_id holds a control character"},
    )
    assert keyfob.register(token).status_code == 201
