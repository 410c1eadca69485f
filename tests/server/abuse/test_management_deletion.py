"""Deleting a registration: nothing of it works any more, and it cannot come back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import OffForGood, StatusChange, change_instances
from keyfob_server.rules.policy import Paths
from support_app import REDIRECT, Instance, Keyfob, Pkce, answer_of, basic
from support_management import Managed, managed
from support_sql import records, rows, set_status

ROW = (
    "select status, status_by, status_reason, redirect_uris, attributes from dynamically_registered_clients"
    " where client_id = ?"
)
DELETED = {"client_status": "deleted", "error_description": "this app instance was switched off"}


@pytest.fixture
def mine(keyfob: Keyfob) -> Managed:
    return managed(keyfob, instance_name="Anna's phone", client_name="Demo App")


def test_g11_deletion_is_204_and_every_token_is_dead_at_once(keyfob: Keyfob, mine: Managed) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    tokens = [keyfob.tokens(mine.instance, browser) for _ in range(2)]
    code = keyfob.code_for(mine.instance, browser, pkce)
    answer = mine.delete()
    assert (answer.status_code, answer.content, "content-length" in answer.headers) == (204, b"", False)
    headers = basic(mine.instance.client_id, mine.instance.client_secret)
    for one in tokens:
        told = keyfob.userinfo(one.access_token)
        assert (told.status_code, told.json()["error"]) == (401, "invalid_token")
        refreshed = keyfob.refresh(mine.instance, one.refresh_token)
        assert (refreshed.status_code, refreshed.json()) == (400, {"error": "invalid_grant", **DELETED})
        known = keyfob.request("POST", Paths().introspect, data={"token": one.access_token}, headers=headers)
        assert known.json() == {"active": False}
    redeemed = keyfob.redeem(mine.instance, code, pkce)
    assert (redeemed.status_code, redeemed.json()) == (401, {"error": "invalid_client", **DELETED})
    asked = keyfob.authorize(browser, Pkce(), client_id=mine.instance.client_id)
    assert asked.headers["location"].startswith(f"{REDIRECT}?")
    assert (answer_of(asked)["error"], answer_of(asked)["client_status"]) == ("unauthorized_client", "deleted")


def test_g11_deleted_again_with_the_right_token_it_is_204_and_with_any_other_401(keyfob: Keyfob, mine: Managed) -> None:
    assert mine.delete().status_code == 204
    before = records(keyfob.database)
    assert mine.delete().status_code == 204
    refused = mine.delete("x" * 43)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    for answer in (mine.read(), mine.update(), mine.rotate_secret()):
        assert (answer.status_code, answer.json()["client_status"]) == (401, "deleted")
    assert records(keyfob.database) == before


def test_g11_a_tombstone_keeps_id_redirect_uris_and_reason_and_nothing_of_the_device(
    keyfob: Keyfob, mine: Managed
) -> None:
    assert mine.delete().status_code == 204
    ((status, by, reason, redirect_uris, attributes),) = rows(keyfob.database, ROW, mine.instance.client_id)
    assert (status, by, reason) == ("deleted", "registration access token", "deleted by the app")
    assert redirect_uris == REDIRECT
    kept = json.loads(str(attributes))
    assert kept["redirect_uris"] == [REDIRECT]
    assert "Anna" not in str(attributes)
    assert "Demo App" not in str(attributes)


def test_g11_the_token_that_an_update_replaced_deletes_too(keyfob: Keyfob, mine: Managed) -> None:
    mine.update()
    assert mine.delete().status_code == 204
    assert mine.delete().status_code == 204
    assert rows(keyfob.database, ROW, mine.instance.client_id)[0][0] == "deleted"


@pytest.mark.parametrize(
    ("status", "after"),
    [("inactive", "deleted"), ("anything", "deleted"), ("revoked", "revoked"), ("expired", "expired")],
)
def test_g11_one_that_is_not_active_can_be_deleted_and_one_that_is_gone_for_good_stays_so(
    keyfob: Keyfob, mine: Managed, status: str, after: str
) -> None:
    set_status(keyfob.database, mine.instance.client_id, status)
    assert mine.delete().status_code == 204
    assert rows(keyfob.database, ROW, mine.instance.client_id)[0][0] == after
    answer = keyfob.refresh(mine.instance, "junk")
    assert (answer.status_code, answer.json()["client_status"]) == (400, after)


@pytest.mark.parametrize("status", ["active", "inactive", "revoked"])
def test_g11_no_command_brings_a_deleted_instance_back(keyfob: Keyfob, mine: Managed, status: str) -> None:
    assert mine.delete().status_code == 204
    before = records(keyfob.database)
    change = StatusChange(status, by="anna")
    done = keyfob.run(change_instances(keyfob.installation.store, (ClientId(mine.instance.client_id),), change))
    assert done == OffForGood((ClientId(mine.instance.client_id),))
    assert records(keyfob.database) == before


def test_g11_the_deletion_of_one_instance_leaves_every_other_alone(keyfob: Keyfob, mine: Managed) -> None:
    other = managed(keyfob)
    tokens = keyfob.tokens(other.instance)
    assert mine.delete().status_code == 204
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    assert keyfob.refresh(other.instance, tokens.refresh_token).status_code == 200


STEPS = ("sign in", "refresh", "update", "use the token", "rotate the secret", "keep a code")


@given(steps=st.lists(st.sampled_from(STEPS), max_size=8))
def test_g11_after_a_deletion_nothing_of_it_works_whatever_was_done_before(keyfob: Keyfob, steps: list[str]) -> None:
    life = Life(managed(keyfob))
    for step in steps:
        life.live(step)
    mine = life.mine
    assert mine.delete(life.registration_tokens[-1]).status_code == 204
    for secret in life.secrets:
        client = life.instance(secret)
        for token in (*life.refresh_tokens, "junk"):
            assert keyfob.refresh(client, token).status_code in {400, 401}
        for code, pkce in life.codes:
            assert keyfob.redeem(client, code, pkce).status_code == 401
    assert {keyfob.userinfo(token).status_code for token in life.access_tokens} <= {401}
    for token in life.registration_tokens:
        assert {mine.read(token).status_code, mine.update(token).status_code} == {401}
        assert mine.rotate_secret(token).status_code == 401
    asked = keyfob.authorize(keyfob.browser(), Pkce(), client_id=mine.instance.client_id)
    assert answer_of(asked)["error"] == "unauthorized_client"


class Life:
    """What an install did, and everything that it ever held."""

    def __init__(self, mine: Managed) -> None:
        self.mine = mine
        self.secrets = [mine.instance.client_secret]
        self.registration_tokens = [mine.token]
        self.access_tokens: list[str] = []
        self.refresh_tokens: list[str] = []
        self.codes: list[tuple[str, Pkce]] = []

    def instance(self, secret: str) -> Instance:
        return Instance(self.mine.instance.client_id, secret, {})

    def live(self, step: str) -> None:
        keyfob, now = self.mine.keyfob, self.instance(self.secrets[-1])
        match step:
            case "sign in":
                tokens = keyfob.tokens(now)
                self.access_tokens.append(tokens.access_token)
                self.refresh_tokens.append(tokens.refresh_token)
            case "refresh" if self.refresh_tokens:
                document = keyfob.refresh(now, self.refresh_tokens[-1]).json()
                self.access_tokens.append(document["access_token"])
                self.refresh_tokens.append(document["refresh_token"])
            case "update":
                document = self.mine.update(self.registration_tokens[-1], client_secret=None).json()
                self.registration_tokens.append(document["registration_access_token"])
            case "use the token":
                assert self.mine.read(self.registration_tokens[-1]).status_code == 200
            case "rotate the secret":
                document = self.mine.rotate_secret(self.registration_tokens[-1]).json()
                self.secrets.append(document["client_secret"])
            case "keep a code":
                pkce = Pkce()
                self.codes.append((keyfob.code_for(now, keyfob.browser(), pkce), pkce))
