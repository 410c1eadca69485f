"""Reading and replacing a registration: what is shown, what may change, and which token works afterwards."""

import logging

import pytest

from support_app import LOGGED_OUT, REDIRECT, REGISTER, Keyfob, Pkce
from support_management import READ_ONLY, Managed, managed
from support_sql import records, value

DAY = 86400


@pytest.fixture
def mine(keyfob: Keyfob) -> Managed:
    return managed(keyfob, instance_name="Anna's phone")


def test_g4_reading_shows_everything_but_the_secret_and_rotates_nothing(keyfob: Keyfob, mine: Managed) -> None:
    before = records(keyfob.database)
    answer = mine.read()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    registered = dict(mine.instance.document)
    assert registered.pop("client_secret") == mine.instance.client_secret
    assert registered.pop("client_secret_expires_at") == 0
    assert answer.json() == registered
    assert mine.read().json() == registered
    assert keyfob.request("HEAD", mine.path, headers={"authorization": f"bearer {mine.token}"}).status_code == 200
    assert records(keyfob.database) == before


def test_g4_no_answer_of_management_repeats_the_secret(mine: Managed) -> None:
    updated = mine.update()
    assert updated.status_code == 200
    assert mine.instance.client_secret not in updated.text
    assert "client_secret" not in updated.json()


def test_an_update_replaces_what_is_sent_and_forgets_what_is_not(keyfob: Keyfob, mine: Managed) -> None:
    new = "io.curity.dcrclient:/second"
    answer = mine.update(
        instance_name=None, client_name="New", redirect_uris=[REDIRECT, new], status="revoked", client_secret=None
    )
    document = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert document["redirect_uris"] == [REDIRECT, new]
    assert document["client_name"] == "New"
    assert not {"instance_name", "status", "client_secret"} & document.keys()
    assert document["client_id_issued_at"] == mine.instance.document["client_id_issued_at"]
    assert document["registration_client_uri"] == mine.instance.document["registration_client_uri"]
    token = document["registration_access_token"]
    assert token != mine.token
    assert mine.read(token).json() == document
    text = "select redirect_uris from dynamically_registered_clients where client_id = ?"
    assert value(keyfob.database, text, mine.instance.client_id) == f"{REDIRECT} {new}"
    assert keyfob.code_for(mine.instance, keyfob.browser(), Pkce(), redirect_uri=new)


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    **{name: ({name: "x"}, "invalid_client_metadata") for name in READ_ONLY},
    "no client_id": ({"client_id": None}, "invalid_client_metadata"),
    "another client_id": ({"client_id": "mobile-dcr-client"}, "invalid_client_metadata"),
    "a client_id that is no string": ({"client_id": 7}, "invalid_client_metadata"),
    "another client_secret": ({"client_secret": "x" * 43}, "invalid_client_metadata"),
    "a client_secret that is no string": ({"client_secret": ["x"]}, "invalid_client_metadata"),
    "none instead of a secret": ({"token_endpoint_auth_method": "none"}, "invalid_client_metadata"),
    "dcr": ({"scope": "openid dcr"}, "invalid_client_metadata"),
    "a scope beyond the policy": ({"scope": "admin"}, "invalid_client_metadata"),
    "a method that is not offered": ({"token_endpoint_auth_method": "private_key_jwt"}, "invalid_client_metadata"),
    "no redirect URI": ({"redirect_uris": None}, "invalid_redirect_uri"),
    "a redirect URI that runs": ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
}


@pytest.mark.parametrize("change", REFUSED)
def test_g6_what_an_app_may_not_change_refuses_the_update_and_changes_nothing(
    keyfob: Keyfob, mine: Managed, change: str
) -> None:
    members, error = REFUSED[change]
    before = records(keyfob.database)
    answer = mine.update(None, **members)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert records(keyfob.database) == before
    assert mine.read().status_code == 200


def test_g6_a_public_client_gets_no_secret_by_an_update(keyfob: Keyfob) -> None:
    public = managed(keyfob, token_endpoint_auth_method="none")
    answer = public.update(token_endpoint_auth_method=None)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert public.update().status_code == 200


def test_g6_the_present_secret_may_be_repeated_and_one_secret_method_replace_the_other(mine: Managed) -> None:
    answer = mine.update(client_secret=mine.instance.client_secret, token_endpoint_auth_method="client_secret_post")
    assert (answer.status_code, answer.json()["token_endpoint_auth_method"]) == (200, "client_secret_post")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"client_id": "a", "client_id": "b"}', b"\xff"])
def test_g6_a_body_that_is_no_json_object_is_invalid_client_metadata(
    keyfob: Keyfob, mine: Managed, body: bytes
) -> None:
    headers = {"authorization": f"Bearer {mine.token}", "content-type": "application/json"}
    answer = keyfob.request("PUT", mine.path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


@pytest.mark.parametrize(("wrong", "expected"), [("", (400, "invalid_client_metadata")), ("x", (401, "invalid_token"))])
def test_g6_another_media_type_is_told_after_a_bad_token(
    keyfob: Keyfob, mine: Managed, wrong: str, expected: tuple[int, str]
) -> None:
    headers = {"authorization": f"Bearer {wrong or mine.token}", "content-type": "text/plain"}
    answer = keyfob.request("PUT", mine.path, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == expected


def test_g5_the_old_token_works_until_the_new_one_is_first_used(mine: Managed) -> None:
    new = mine.update().json()["registration_access_token"]
    shown = mine.read().json()
    assert (shown["registration_access_token"], shown["registration_access_token_expires_in"]) == (mine.token, DAY)
    assert mine.read(new).status_code == 200
    for answer in (mine.read(), mine.update(), mine.rotate_secret(), mine.delete()):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert mine.read(new).status_code == 200


def test_g5_the_old_token_works_a_day_at_most_also_when_it_is_used_and_rotated(keyfob: Keyfob, mine: Managed) -> None:
    mine.update()
    keyfob.clock.forward(DAY // 2)
    latest = mine.update().json()["registration_access_token"]
    assert mine.read().json()["registration_access_token_expires_in"] == DAY // 2
    keyfob.clock.forward(DAY // 2 - 1)
    assert mine.read().status_code == 200
    keyfob.clock.forward(1)
    refused = mine.read()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert mine.read(latest).status_code == 200


def test_g5_an_update_with_the_old_token_replaces_the_new_one_that_got_lost(mine: Managed) -> None:
    lost = mine.update(client_name="First").json()["registration_access_token"]
    again = mine.update(client_name="Second").json()
    refused = mine.read(lost)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert mine.read(again["registration_access_token"]).json()["client_name"] == "Second"
    assert mine.read().status_code == 401


def test_g5_only_the_replacement_of_an_unused_token_is_an_event(
    mine: Managed, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")

    def events() -> list[str]:
        names = [record.getMessage() for record in caplog.records if record.name == "keyfob.events"]
        caplog.clear()
        return [name for name in names if name != "request"]

    new = mine.update().json()["registration_access_token"]
    assert events() == ["instance.updated"]
    newest = mine.update().json()["registration_access_token"]
    assert events() == ["registration_token.unused_replaced", "instance.updated"]
    assert (mine.update(new).status_code, mine.update(newest).status_code) == (401, 200)
    assert events() == ["request.refused", "instance.updated"]


def test_the_log_names_the_address_without_the_client_id(mine: Managed, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "keyfob.events")
    mine.read()
    mine.rotate_secret("x" * 43)
    facts = [vars(record)["facts"] for record in caplog.records if record.name == "keyfob.events"]
    assert {fact["path"] for fact in facts if "path" in fact} == {
        f"{REGISTER}/{{client_id}}",
        f"{REGISTER}/{{client_id}}/secret",
    }
    assert mine.instance.client_id not in str([fact.get("path") for fact in facts])


def test_g5_of_many_updates_at_once_none_is_lost_without_a_word(keyfob: Keyfob, mine: Managed) -> None:
    headers = {"authorization": f"Bearer {mine.token}"}
    one: tuple[str, str, dict[str, object]] = ("PUT", mine.path, {"json": mine.document(), "headers": headers})
    answers = keyfob.together([one] * 6)
    assert {answer.status_code for answer in answers} <= {200, 503}
    held = [one.json()["registration_access_token"] for one in answers if one.status_code == 200]
    assert sum(mine.read(token).status_code == 200 for token in held) == 1


NARROWER: dict[str, dict[str, object]] = {
    "scope": {"scope": "openid"},
    "redirect URIs": {"redirect_uris": [LOGGED_OUT]},
}


@pytest.mark.parametrize("member", NARROWER)
def test_what_was_issued_under_more_than_an_update_leaves_is_dead(keyfob: Keyfob, mine: Managed, member: str) -> None:
    tokens, pkce = keyfob.tokens(mine.instance), Pkce()
    code = keyfob.code_for(mine.instance, keyfob.browser(), pkce)
    assert mine.update(None, **NARROWER[member]).status_code == 200
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    for answer in (keyfob.refresh(mine.instance, tokens.refresh_token), keyfob.redeem(mine.instance, code, pkce)):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("changes", [{"client_name": "New"}, {"scope": "openid profile email"}], ids=str)
def test_an_update_that_takes_nothing_away_signs_nobody_out(
    keyfob: Keyfob, mine: Managed, changes: dict[str, object]
) -> None:
    tokens = keyfob.tokens(mine.instance)
    assert mine.update(None, **changes).status_code == 200
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    refreshed = keyfob.refresh(mine.instance, tokens.refresh_token)
    assert (refreshed.status_code, refreshed.json()["scope"]) == (200, "openid profile")
