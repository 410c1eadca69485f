"""Who may register: the bearer of a live initial token, once."""

import uuid
from collections.abc import Callable

import httpx
import pytest

from support_app import (
    REDIRECT,
    REGISTER,
    SEED_REQUEST,
    Instance,
    Keyfob,
    Pkce,
    Tokens,
    basic,
    bearer,
)
from support_sql import change, records, value

COUNT = "select count(*) from dynamically_registered_clients"


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json().get("error", ""), answer.headers["www-authenticate"].split(",")[0]


INVALID = (401, "invalid_token", 'Bearer error="invalid_token"')
NOT_ENOUGH = (403, "insufficient_scope", 'Bearer error="insufficient_scope"')


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic eDp5"}, basic("demouser", "Password1")], ids=str)
def test_f1_no_token_is_a_bare_challenge(keyfob: Keyfob, headers: dict[str, str]) -> None:
    before = records(keyfob.database)
    answer = keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=headers)
    assert refusal(answer) == (401, "", "Bearer")
    assert records(keyfob.database) == before


@pytest.mark.parametrize(
    "token", ["", "x", "a b", "e30.e30.e30", "\x7f", "x" * 5000, str(uuid.UUID(int=1))], ids=range(7)
)
def test_f1_a_token_that_is_none_of_ours_is_invalid_token(keyfob: Keyfob, token: str) -> None:
    before = records(keyfob.database)
    assert refusal(keyfob.register(token)) == INVALID
    assert records(keyfob.database) == before


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/json"])
def test_f1_a_bad_token_is_told_before_whatever_is_wrong_with_the_body(keyfob: Keyfob, content_type: str) -> None:
    said = {"content-type": content_type} if content_type else {}
    assert refusal(keyfob.request("POST", REGISTER, content=b"junk", headers=said)) == (401, "", "Bearer")
    assert refusal(keyfob.request("POST", REGISTER, content=b"junk", headers=said | bearer("x"))) == INVALID


def test_f1_an_initial_token_is_dead_at_its_expiry(keyfob: Keyfob) -> None:
    late, in_time = keyfob.initial_token(), keyfob.initial_token()
    keyfob.clock.forward(299)
    assert keyfob.register(in_time).status_code == 201
    keyfob.clock.forward(1)
    before = records(keyfob.database)
    assert refusal(keyfob.register(late)) == INVALID
    assert records(keyfob.database) == before


def test_f1_a_spoilt_initial_token_is_invalid_and_the_good_one_is_not_spent_by_it(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    before = records(keyfob.database)
    for at in range(0, len(token), 7):
        spoilt = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert refusal(keyfob.register(spoilt)) == INVALID
    assert records(keyfob.database) == before
    assert keyfob.register(token).status_code == 201


@pytest.mark.parametrize("status", ["disabled", "inactive", ""])
def test_f1_an_initial_token_dies_with_its_person(keyfob: Keyfob, status: str) -> None:
    token = keyfob.initial_token()
    change(keyfob.database, "update accounts set status = ? where user_name = 'demouser'", status)
    try:
        assert refusal(keyfob.register(token)) == INVALID
    finally:
        change(keyfob.database, "update accounts set status = 'active' where user_name = 'demouser'")
    before = records(keyfob.database)
    assert refusal(keyfob.register(token)) == INVALID
    assert records(keyfob.database) == before


Maker = Callable[[Keyfob, Instance, Tokens], str]
OTHERS: dict[str, tuple[Maker, tuple[int, str, str]]] = {
    "a user's access token": (lambda _keyfob, _instance, tokens: tokens.access_token, NOT_ENOUGH),
    "an ID token": (lambda _keyfob, _instance, tokens: tokens.id_token, INVALID),
    "a refresh token": (lambda _keyfob, _instance, tokens: tokens.refresh_token, INVALID),
    "a registration access token": (
        lambda _keyfob, instance, _tokens: str(instance.document["registration_access_token"]),
        INVALID,
    ),
    "a client secret": (lambda _keyfob, instance, _tokens: instance.client_secret, INVALID),
    "a code": (lambda keyfob, instance, _tokens: keyfob.code_for(instance, keyfob.browser(), Pkce()), INVALID),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_f2_no_other_kind_of_token_registers(keyfob: Keyfob, instance: Instance, tokens: Tokens, kind: str) -> None:
    make, expected = OTHERS[kind]
    token = make(keyfob, instance, tokens)
    before = records(keyfob.database)
    assert refusal(keyfob.register(token)) == expected
    assert records(keyfob.database) == before


def test_f2_a_registration_names_the_scope_that_is_needed(keyfob: Keyfob, tokens: Tokens) -> None:
    assert 'scope="dcr"' in keyfob.register(tokens.access_token).headers["www-authenticate"]


@pytest.mark.parametrize("where", ["query", "form", "member"])
def test_f2_an_initial_token_anywhere_but_in_the_header_is_no_token(keyfob: Keyfob, where: str) -> None:
    token = keyfob.initial_token()
    before = records(keyfob.database)
    if where == "query":
        answer = keyfob.request("POST", f"{REGISTER}?access_token={token}", json=SEED_REQUEST)
    elif where == "form":
        answer = keyfob.request("POST", REGISTER, data={"access_token": token})
    else:
        answer = keyfob.request("POST", REGISTER, json=SEED_REQUEST | {"access_token": token})
    assert answer.status_code in {400, 401}
    assert records(keyfob.database) == before


def test_f3_the_second_use_of_an_initial_token_is_invalid_token(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    assert keyfob.register(token).status_code == 201
    before = records(keyfob.database)
    for document in (SEED_REQUEST, {"redirect_uris": [REDIRECT]}):
        assert refusal(keyfob.register(token, dict(document))) == INVALID
    assert records(keyfob.database) == before


def test_f3_of_sixty_four_simultaneous_uses_exactly_one_registers(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    count = value(keyfob.database, COUNT)
    assert isinstance(count, int)
    request: tuple[str, str, dict[str, object]] = ("POST", REGISTER, {"json": SEED_REQUEST, "headers": bearer(token)})
    answers = keyfob.together([request] * 64)
    assert sorted(answer.status_code for answer in answers) == [201] + [401] * 63
    assert {refusal(answer) for answer in answers if answer.status_code == 401} == {INVALID}
    assert value(keyfob.database, COUNT) == count + 1


def test_f3_a_refused_registration_does_not_spend_the_token(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    before = records(keyfob.database)
    assert keyfob.register(token, {"redirect_uris": ["javascript:alert(1)"]}).status_code == 400
    assert records(keyfob.database) == before
    assert keyfob.register(token).status_code == 201


def test_f3_killing_the_instance_does_not_arm_its_initial_token_again(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    client_id = keyfob.register(token).json()["client_id"]
    for status in ("revoked", "deleted"):
        change(
            keyfob.database,
            "update dynamically_registered_clients set status = ? where client_id = ?",
            status,
            client_id,
        )
        assert refusal(keyfob.register(token)) == INVALID
