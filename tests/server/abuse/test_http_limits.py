"""What is too large is refused before anybody looks at it, at every endpoint alike."""

import json
from typing import Final

import httpx
import pytest

from support_app import AUTHORIZE, LOGOUT, REGISTER, TOKEN, USERINFO, Keyfob, bearer
from support_sql import records

SIGN_IN: Final = "/authn/authentication/username-password"
METADATA: Final = "/oauth/v2/oauth-anonymous/.well-known/openid-configuration"
FORMS: Final = (TOKEN, USERINFO, AUTHORIZE, LOGOUT, SIGN_IN)
EVERYWHERE: Final = (METADATA, *FORMS, REGISTER, "/nothing")
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


def refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert "location" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) < 4096


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_k5_an_address_of_more_than_8_kib_is_414(keyfob: Keyfob, path: str, method: str) -> None:
    refused(keyfob.request(method, f"{path}?q={'x' * 8193}"), 414)
    refused(keyfob.request(method, f"{path}/{'x' * 8193}"), 414)


def test_k5_an_address_of_8_kib_is_read(keyfob: Keyfob) -> None:
    answer = keyfob.request("GET", f"{METADATA}?q={'x' * (8192 - len(METADATA) - 2)}")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize(
    "headers",
    [{"x-large": "x" * 16384}, {f"x-{number}": "x" for number in range(65)}],
    ids=["one of 16 KiB", "65 of them"],
)
def test_k5_too_large_or_too_many_header_fields_are_431(keyfob: Keyfob, path: str, headers: dict[str, str]) -> None:
    refused(keyfob.request("GET", path, headers=headers), 431)


@pytest.mark.parametrize("path", FORMS)
def test_k5_a_form_of_more_than_64_kib_is_413(keyfob: Keyfob, path: str) -> None:
    refused(keyfob.request("POST", path, content=b"q=" + b"x" * 65536, headers=FORM), 413)


@pytest.mark.parametrize("path", FORMS)
def test_k5_a_length_that_is_announced_is_believed(keyfob: Keyfob, path: str) -> None:
    for length in ("65537", "9" * 30, "-1", "x", "1e3", "+5", "0x10"):
        refused(keyfob.request("POST", path, content=b"q=x", headers={**FORM, "content-length": length}), 413)


@pytest.mark.parametrize("path", FORMS)
def test_k5_a_body_that_announces_no_length_is_counted(keyfob: Keyfob, path: str) -> None:
    async def parts() -> object:
        for _ in range(5):
            yield b"q=" + b"x" * 16384

    refused(keyfob.request("POST", path, content=parts(), headers=FORM), 413)


@pytest.mark.parametrize("path", FORMS)
def test_k5_more_than_100_fields_are_400(keyfob: Keyfob, path: str) -> None:
    many = "&".join(f"p{number}=x" for number in range(101))
    refused(keyfob.request("POST", path, content=many.encode(), headers=FORM), 400)


@pytest.mark.parametrize("path", [AUTHORIZE, LOGOUT, USERINFO])
def test_k5_more_than_100_parameters_in_the_address_are_400(keyfob: Keyfob, path: str) -> None:
    refused(keyfob.request("GET", f"{path}?{'&'.join(f'p{number}' for number in range(101))}"), 400)
    refused(keyfob.request("GET", f"{path}?{'&' * 101}"), 400)


def test_k5_a_registration_of_more_than_64_kib_is_413_before_its_token_is_looked_at(keyfob: Keyfob) -> None:
    before = records(keyfob.database)
    body = json.dumps({"client_name": "x" * 65536})
    for headers in (bearer(""), bearer("x"), bearer(keyfob.initial_token())):
        refused(
            keyfob.request("POST", REGISTER, content=body, headers={**headers, "content-type": "application/json"}), 413
        )
    after = records(keyfob.database)
    assert after["dynamically_registered_clients"] == before["dynamically_registered_clients"]


@pytest.mark.parametrize("name", ["authorization", "content-type", "content-length"])
def test_k5_a_header_field_that_may_occur_once_and_occurs_twice_is_400(keyfob: Keyfob, name: str) -> None:
    values = {"authorization": "Bearer x", "content-type": FORM["content-type"], "content-length": "3"}
    headers = [(key, value) for key, value in values.items() if key != name] + [(name, values[name])] * 2
    refused(keyfob.request("POST", TOKEN, content=b"a=b", headers=headers), 400)


@pytest.mark.parametrize("path", [*FORMS, REGISTER])
@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x", "GZIP", "identity, gzip"])
def test_k6_a_coded_body_is_415_and_never_unpacked(keyfob: Keyfob, path: str, coding: str) -> None:
    headers = {**FORM, "content-encoding": coding}
    refused(keyfob.request("POST", path, content=b"\x1f\x8b" + b"x" * 100, headers=headers), 415)


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "media_type",
    [
        "multipart/form-data; boundary=b",
        "multipart/mixed; boundary=b",
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; boundary=b",
        "application/x-www-form-urlencoded, text/plain",
        "x",
    ],
)
def test_k6_a_body_of_another_media_type_or_charset_is_400(keyfob: Keyfob, path: str, media_type: str) -> None:
    content = b'--b\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nrefresh_token\r\n--b--\r\n'
    answer = keyfob.request("POST", path, content=content, headers={"content-type": media_type})
    refused(answer, 400)
    if path in {TOKEN, USERINFO}:
        assert answer.json()["error"] == "invalid_request"


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=b", "application/json; charset=utf-16"])
def test_k6_a_registration_of_another_media_type_or_charset_is_400(keyfob: Keyfob, media_type: str) -> None:
    headers = {**bearer(keyfob.initial_token()), "content-type": media_type}
    answer = keyfob.request("POST", REGISTER, content=b"{}", headers=headers)
    refused(answer, 400)
    assert answer.json()["error"] == "invalid_client_metadata"
