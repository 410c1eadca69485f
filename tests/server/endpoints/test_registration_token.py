"""Whose initial tokens register, with which templates, and what their client is told of them."""

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.policy import RegistrationPolicy
from support_app import BASE, SEED_REQUEST, Keyfob, basic, running_keyfob
from support_initial_tokens import ISSUER, SECRET, client_token, issued, post, put_issuer, put_template, registered
from support_sql import change, records, rows, value

INTROSPECT, REVOKE = "/oauth/v2/oauth-introspect", "/oauth/v2/oauth-revoke"


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def ask(keyfob: Keyfob, path: str, token: str, client_id: str = ISSUER) -> httpx.Response:
    return keyfob.request("POST", path, data={"token": token}, headers=basic(client_id, SECRET))


@pytest.mark.parametrize(("authenticate", "refused"), [("user", "client"), ("client", "user"), ("both", "")])
def test_the_kind_that_the_settings_do_not_name_is_403_and_an_administrator_s_always_registers(
    tmp_path_factory: pytest.TempPathFactory, authenticate: str, refused: str
) -> None:
    policy = replace(demo_policy(BASE), registration=RegistrationPolicy(authenticate=authenticate))
    with running_keyfob(tmp_path_factory.mktemp("keyfob"), policy=policy) as keyfob:
        put_issuer(keyfob)
        for kind, token in (("user", keyfob.initial_token()), ("client", client_token(keyfob))):
            before = records(keyfob.database)
            answer = post(keyfob, token)
            if kind == refused:
                assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
                assert records(keyfob.database) == before
            else:
                registered(answer)
        registered(post(keyfob, issued(keyfob).token))


def test_f9_a_template_of_another_client_is_told_like_one_that_does_not_exist(keyfob: Keyfob) -> None:
    mine, foreign = put_template(keyfob, "mine-of-f9"), put_template(keyfob, "foreign-of-f9")
    issuer = put_issuer(keyfob, client_id=ClientId("issuer-of-f9"), templates=(mine,))
    answers = [post(keyfob, client_token(keyfob, issuer), {"software_id": name}) for name in (foreign, "no-such-one")]
    assert {(answer.status_code, answer.content) for answer in answers} == {(400, answers[0].content)}
    assert answers[0].json()["error"] == "invalid_client_metadata"
    plain = [
        post(keyfob, client_token(keyfob, issuer), SEED_REQUEST | {"software_id": name}).json()
        for name in (foreign, "no-such-one")
    ]
    assert {document["software_id"] for document in plain} == {foreign, "no-such-one"}
    text = "select count(*) from dynamically_registered_clients where instance_of_client = ?"
    assert value(keyfob.database, text, foreign) == 0
    registered(post(keyfob, client_token(keyfob, issuer), {"software_id": mine}))
    assert value(keyfob.database, text, mine) == 1


def test_f9_a_client_s_token_for_one_template_makes_instances_of_no_other(keyfob: Keyfob) -> None:
    mine, other = put_template(keyfob, "bound-of-f9"), put_template(keyfob, "other-of-f9")
    token = client_token(keyfob, template=mine)
    others: list[dict[str, object]] = [{"software_id": other}, SEED_REQUEST]
    for document in others:
        assert post(keyfob, token, document).json()["error"] == "invalid_client_metadata"
    registered(post(keyfob, token, {"software_id": mine}))


def test_f9_the_templates_of_a_client_are_read_at_each_registration(keyfob: Keyfob) -> None:
    template = put_template(keyfob, "read-each-time")
    name = ClientId("issuer-that-changes")
    token = client_token(keyfob, put_issuer(keyfob, client_id=name))
    put_issuer(keyfob, client_id=name, templates=("another",))
    assert post(keyfob, token, {"software_id": template}).status_code == 401


def test_its_client_sees_a_token_as_active_until_it_registered_something(keyfob: Keyfob) -> None:
    token = client_token(keyfob)
    told = ask(keyfob, INTROSPECT, token).json()
    assert (told["active"], told["scope"], told["client_id"]) == (True, "dcr", ISSUER)
    registered(post(keyfob, token))
    assert ask(keyfob, INTROSPECT, token).json() == {"active": False}


def test_nobody_else_is_told_of_an_initial_token(keyfob: Keyfob) -> None:
    put_issuer(keyfob, client_id=ClientId("curious"))
    for token in (client_token(keyfob), issued(keyfob).token):
        assert ask(keyfob, INTROSPECT, token, "curious").json() == {"active": False}


def test_its_client_revokes_a_token_and_then_it_registers_nothing(keyfob: Keyfob) -> None:
    token = client_token(keyfob)
    assert ask(keyfob, REVOKE, token).status_code == 200
    assert ask(keyfob, INTROSPECT, token).json() == {"active": False}
    before = records(keyfob.database)
    assert post(keyfob, token).status_code == 401
    assert records(keyfob.database) == before
    assert ask(keyfob, REVOKE, token).status_code == 200


def test_another_client_and_junk_revoke_nothing(keyfob: Keyfob) -> None:
    put_issuer(keyfob, client_id=ClientId("rude"))
    token, printed = client_token(keyfob), issued(keyfob).token
    for presented in (token, printed, "junk"):
        assert ask(keyfob, REVOKE, presented, "rude").status_code == 200
    registered(post(keyfob, token))
    registered(post(keyfob, printed))


def test_a_revocation_is_one_row_that_names_when_it_is_needed_no_more(keyfob: Keyfob) -> None:
    name = ClientId("revoking")
    token = client_token(keyfob, put_issuer(keyfob, client_id=name))
    ask(keyfob, REVOKE, token, name)
    ((expires,),) = rows(keyfob.database, "select expires from revoked_tokens where client_id = ?", name)
    assert expires == keyfob.clock() + 300
    assert change(keyfob.database, "delete from revoked_tokens where client_id = ?", name) == 1
