"""Who a client is, at the token endpoint. A junk refresh token tells how far a request came: `invalid_grant` means that
the client was believed.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from support_app import BASE, Instance, Keyfob, basic, bearer, running_keyfob
from support_sql import records

METHODS = ("client_secret_basic", "client_secret_post", "none", "client_assertion")
JUNK = {"grant_type": "refresh_token", "refresh_token": "junk"}
ASSERTION = {
    "client_assertion": "e30.e30.e30",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}
BELIEVED = (400, "invalid_grant")
NOT_BELIEVED = (401, "invalid_client")
REFUSAL = {"error": "invalid_client", "error_description": "client authentication failed"}


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def present(client_id: str, secret: str, method: str) -> tuple[dict[str, str], dict[str, str]]:
    """Form and headers."""
    match method:
        case "client_secret_basic":
            return JUNK, basic(client_id, secret)
        case "client_secret_post":
            return JUNK | {"client_id": client_id, "client_secret": secret}, {}
        case "client_assertion":
            return JUNK | {"client_id": client_id} | ASSERTION, {}
        case _:
            return JUNK | {"client_id": client_id}, {}


def verdict(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_d1_a_wrong_secret_is_invalid_client(keyfob: Keyfob, instance: Instance, method: str) -> None:
    before = records(keyfob.database)
    form, headers = present(instance.client_id, "x" * 43, method)
    answer = keyfob.token(form, headers)
    assert (answer.status_code, answer.json()) == (401, REFUSAL)
    assert answer.headers["www-authenticate"] == 'Basic realm="keyfob", charset="UTF-8"'
    assert records(keyfob.database) == before


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_d1_an_unknown_client_gets_the_very_answer_of_a_wrong_secret(keyfob: Keyfob, method: str) -> None:
    form, headers = present("018f0000-0000-7000-8000-000000000000", "x" * 43, method)
    answer = keyfob.token(form, headers)
    assert (answer.status_code, answer.json()) == (401, REFUSAL)


@pytest.mark.parametrize(
    "secret", ["", " ", "\x00", "é", "x" * 600, "%zz"], ids=["empty", "space", "NUL", "accent", "long", "escape"]
)
def test_d1_a_secret_of_an_odd_form_is_invalid_client(keyfob: Keyfob, instance: Instance, secret: str) -> None:
    assert verdict(keyfob.token(JUNK, basic(instance.client_id, secret))) == NOT_BELIEVED


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic OnNlY3JldA==", "Digest x", "Bearer x", "Basic gIA6gA=="],
)
def test_d1_a_header_without_credentials_is_invalid_client(keyfob: Keyfob, header: str) -> None:
    assert verdict(keyfob.token(JUNK, {"authorization": header})) == NOT_BELIEVED


def test_d3_two_methods_of_authentication_are_invalid_request(keyfob: Keyfob, instance: Instance) -> None:
    before = records(keyfob.database)
    good = basic(instance.client_id, instance.client_secret)
    body = {"client_id": instance.client_id, "client_secret": instance.client_secret}
    attempts = [
        (JUNK | body, good),
        (JUNK | {"client_secret": instance.client_secret}, good),
        (JUNK | ASSERTION, good),
        (JUNK | body | ASSERTION, {}),
        (JUNK | body, bearer("x")),
        (JUNK | {"client_id": "somebody-else"}, good),
    ]
    assert [verdict(keyfob.token(form, headers)) for form, headers in attempts] == [(400, "invalid_request")] * 6
    assert records(keyfob.database) == before


@pytest.mark.parametrize("name", ["client_secret", "client_id", "client_assertion"])
def test_d3_a_credential_given_twice_is_invalid_request(keyfob: Keyfob, instance: Instance, name: str) -> None:
    body = f"grant_type=refresh_token&refresh_token=junk&client_id={instance.client_id}&{name}=a&{name}=b"
    answer = keyfob.request(
        "POST", "/oauth/v2/oauth-token", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert verdict(answer) == (400, "invalid_request")


def test_d3_two_authorization_headers_are_invalid_request(keyfob: Keyfob, instance: Instance) -> None:
    line = ("authorization", basic(instance.client_id, instance.client_secret)["authorization"])
    answer = keyfob.request("POST", "/oauth/v2/oauth-token", data=JUNK, headers=[line, line])
    assert verdict(answer) == (400, "invalid_request")


def test_d3_the_client_id_beside_its_own_credentials_is_no_second_method(keyfob: Keyfob, instance: Instance) -> None:
    form = JUNK | {"client_id": instance.client_id}
    assert verdict(keyfob.token(form, basic(instance.client_id, instance.client_secret))) == BELIEVED


@pytest.mark.parametrize("used", METHODS)
@pytest.mark.parametrize("registered", METHODS[:3])
def test_d4_a_client_is_believed_by_its_registered_method_and_a_secret_by_either_of_two(
    keyfob: Keyfob, registered: str, used: str
) -> None:
    instance = keyfob.new_instance(token_endpoint_auth_method=registered)
    assert bool(instance.client_secret) is (registered != "none")
    answer = keyfob.token(*present(instance.client_id, instance.client_secret or "x" * 43, used))
    good = registered == used or {registered, used} <= {"client_secret_basic", "client_secret_post"}
    assert verdict(answer) == (BELIEVED if good else NOT_BELIEVED)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """A server on which the two secret methods do not stand for each other."""
    folder: Path = tmp_path_factory.mktemp("strict")
    with running_keyfob(folder, policy=replace(demo_policy(BASE), secret_methods_interchangeable=False)) as running:
        yield running


@pytest.mark.parametrize("used", METHODS)
@pytest.mark.parametrize("registered", METHODS[:3])
def test_d4_by_setting_even_the_secret_methods_do_not_stand_for_each_other(
    strict: Keyfob, registered: str, used: str
) -> None:
    instance = strict.new_instance(token_endpoint_auth_method=registered)
    assert instance.document["token_endpoint_auth_methods"] == [registered]
    answer = strict.token(*present(instance.client_id, instance.client_secret or "x" * 43, used))
    assert verdict(answer) == (BELIEVED if registered == used else NOT_BELIEVED)


@pytest.mark.parametrize("registered", ["client_secret_basic", "client_secret_post"])
def test_d5_a_client_with_a_secret_is_not_let_in_without_it(keyfob: Keyfob, registered: str) -> None:
    instance = keyfob.new_instance(token_endpoint_auth_method=registered)
    tokens = keyfob.tokens(instance)
    before = records(keyfob.database)
    named = {"client_id": instance.client_id}
    live = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
    answers = [keyfob.token(live | named), keyfob.token(live), keyfob.token(live | named | {"client_secret": ""})]
    assert [verdict(answer) for answer in answers] == [NOT_BELIEVED] * 3
    assert records(keyfob.database) == before
    assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200
