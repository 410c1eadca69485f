"""An answer that was lost is given again, to whoever asks the same with the same token and key, for a while."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from keyfob_server.rules.new_initial_token import NewInitialToken
from support_app import REGISTER, SEED_REQUEST, Instance, Keyfob, basic, bearer, path_of
from support_initial_tokens import KEY, client_token, issued, post, put_template, registered
from support_lossy_proxy import lossy_proxy
from support_process import serving
from support_remote_app import RemoteApp
from support_sql import change, records, set_status, value

COUNT = "select count(*) from dynamically_registered_clients"


KINDS: dict[str, Callable[[Keyfob], str]] = {
    "by code flow": lambda keyfob: keyfob.initial_token(),
    "of a client": client_token,
    "issued": lambda keyfob: issued(keyfob, NewInitialToken(uses=1)).token,
    "of many uses": lambda keyfob: issued(keyfob, NewInitialToken(uses=None)).token,
}


def is_refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("kind", KINDS)
def test_f4_the_same_request_gets_the_same_answer_byte_for_byte_and_makes_no_second_row(
    keyfob: Keyfob, kind: str
) -> None:
    token = KINDS[kind](keyfob)
    first = post(keyfob, token, key=KEY)
    assert first.status_code == 201
    before = records(keyfob.database)
    again = post(keyfob, token, key=KEY)
    assert (again.status_code, again.content) == (201, first.content)
    assert records(keyfob.database) == before


@pytest.mark.parametrize("kind", KINDS)
def test_f4_of_sixty_four_at_once_all_get_the_same_answer_and_there_is_one_row(keyfob: Keyfob, kind: str) -> None:
    token, count = KINDS[kind](keyfob), value(keyfob.database, COUNT)
    assert isinstance(count, int)
    headers = bearer(token) | {"idempotency-key": KEY}
    request: tuple[str, str, dict[str, object]] = ("POST", REGISTER, {"json": SEED_REQUEST, "headers": headers})
    answers = keyfob.together([request] * 64)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert value(keyfob.database, COUNT) == count + 1


@pytest.mark.parametrize("kind", ["by code flow", "of a client", "issued"])
def test_f4_without_the_key_with_another_one_or_none_at_first_a_used_token_is_refused(
    keyfob: Keyfob, kind: str
) -> None:
    with_key, without = KINDS[kind](keyfob), KINDS[kind](keyfob)
    assert post(keyfob, with_key, key=KEY).status_code == 201
    assert post(keyfob, without).status_code == 201
    before = records(keyfob.database)
    assert is_refused(post(keyfob, with_key))
    assert is_refused(post(keyfob, with_key, key=KEY + "x"))
    assert is_refused(post(keyfob, without, key=KEY))
    assert records(keyfob.database) == before


def test_f4_another_key_is_another_use_of_a_token_that_has_many(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=2)).token
    one, other = post(keyfob, token, key=KEY), post(keyfob, token, key=KEY + "2")
    assert one.json()["client_id"] != other.json()["client_id"]
    assert is_refused(post(keyfob, token, key=KEY + "3"))
    assert post(keyfob, token, key=KEY).content == one.content


@pytest.mark.parametrize("kind", KINDS)
def test_f4_another_body_under_the_same_key_is_422(keyfob: Keyfob, kind: str) -> None:
    token = KINDS[kind](keyfob)
    assert post(keyfob, token, key=KEY).status_code == 201
    before = records(keyfob.database)
    other = post(keyfob, token, SEED_REQUEST | {"instance_name": "another phone"}, key=KEY)
    assert (other.status_code, other.json()["error"]) == (422, "invalid_request")
    assert records(keyfob.database) == before
    assert post(keyfob, token, key=KEY).status_code == 201


def test_f4_the_answer_is_given_again_after_the_token_s_end_but_not_after_ten_minutes(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    first = post(keyfob, token, key=KEY)
    keyfob.clock.forward(599)
    assert post(keyfob, token, key=KEY).content == first.content
    keyfob.clock.forward(1)
    assert is_refused(post(keyfob, token, key=KEY))


def test_f4_an_expired_token_that_registered_nothing_registers_nothing_with_a_key_either(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    keyfob.clock.forward(300)
    before = records(keyfob.database)
    assert is_refused(post(keyfob, token, key=KEY))
    assert records(keyfob.database) == before


Use = Callable[[Keyfob, Instance], httpx.Response]
USES: dict[str, Use] = {
    "the secret": lambda keyfob, instance: keyfob.token(
        {"grant_type": "refresh_token", "refresh_token": "x"}, basic(instance.client_id, instance.client_secret)
    ),
    "the registration token": lambda keyfob, instance: keyfob.request(
        "GET",
        path_of(str(instance.document["registration_client_uri"])),
        headers=bearer(instance.document["registration_access_token"]),
    ),
}


@pytest.mark.parametrize("credential", USES)
def test_f4_the_first_use_of_a_credential_ends_the_repeats(keyfob: Keyfob, credential: str) -> None:
    token = keyfob.initial_token()
    instance = registered(post(keyfob, token, key=KEY))
    assert post(keyfob, token, key=KEY).status_code == 201
    USES[credential](keyfob, instance)
    assert is_refused(post(keyfob, token, key=KEY))


@pytest.mark.parametrize("credential", ["the secret", "the registration token"])
def test_f4_a_wrong_credential_ends_nothing(keyfob: Keyfob, credential: str) -> None:
    token = keyfob.initial_token()
    instance = registered(post(keyfob, token, key=KEY))
    document = instance.document | {"registration_access_token": "wrong"}
    USES[credential](keyfob, Instance(instance.client_id, "wrong", document))
    assert post(keyfob, token, key=KEY).status_code == 201


@pytest.mark.parametrize("status", ["inactive", "revoked", "deleted", "odd"])
def test_f4_an_instance_that_is_not_active_is_not_told_again(keyfob: Keyfob, status: str) -> None:
    token = keyfob.initial_token()
    instance = registered(post(keyfob, token, key=KEY))
    set_status(keyfob.database, instance.client_id, status)
    assert is_refused(post(keyfob, token, key=KEY))


def test_f4_a_killed_person_gets_no_repeat(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=1)).token
    assert post(keyfob, token, key=KEY).status_code == 201
    mine = keyfob.initial_token()
    assert post(keyfob, mine, key=KEY).status_code == 201
    change(keyfob.database, "update accounts set status = 'disabled' where user_name = 'demouser'")
    try:
        assert is_refused(post(keyfob, mine, key=KEY))
        assert post(keyfob, token, key=KEY).status_code == 201
    finally:
        change(keyfob.database, "update accounts set status = 'active' where user_name = 'demouser'")


def test_f4_a_public_client_s_answer_is_repeated_too(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    document = SEED_REQUEST | {"token_endpoint_auth_method": "none"}
    first = post(keyfob, token, document, key=KEY)
    assert "client_secret" not in first.json()
    assert post(keyfob, token, document, key=KEY).content == first.content


def test_f4_an_instance_of_a_template_is_answered_alike(keyfob: Keyfob) -> None:
    template = put_template(keyfob, "repeated-template", refresh_idle_s=1234)
    token = keyfob.initial_token()
    document: dict[str, object] = {"software_id": template, "instance_name": "Anna's phone"}
    first = post(keyfob, token, document, key=KEY)
    assert first.json()["refresh_token_ttl"] == 1234
    assert post(keyfob, token, document, key=KEY).content == first.content


@pytest.mark.parametrize("key", ["", "fifteen-letters", "x" * 129, "a blank in the key", "not-ascii-at-all-\u00e9"])
def test_f4_a_key_that_is_none_is_refused_after_a_bad_token_and_before_anything_is_stored(
    keyfob: Keyfob, key: str
) -> None:
    raw = {"authorization": f"Bearer {keyfob.initial_token()}".encode(), "idempotency-key": key.encode("latin-1")}
    before = records(keyfob.database)
    refused = keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=raw)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert is_refused(keyfob.request("POST", REGISTER, json=SEED_REQUEST, headers=raw | {"authorization": b"Bearer x"}))
    assert records(keyfob.database) == before


@pytest.mark.parametrize("length", [16, 128])
def test_f4_a_key_has_sixteen_to_a_hundred_and_twenty_eight_characters(keyfob: Keyfob, length: int) -> None:
    assert post(keyfob, keyfob.initial_token(), key="!" * length).status_code == 201


def test_f4_nothing_that_is_stored_gives_the_credentials_or_the_key_away(keyfob: Keyfob) -> None:
    instance = registered(post(keyfob, keyfob.initial_token(), key=KEY))
    kept = json.dumps(records(keyfob.database), default=str)
    for secret in (KEY, instance.client_secret, str(instance.document["registration_access_token"])):
        assert secret not in kept
    assert keyfob.tokens(instance).access_token


def test_a_new_initial_token_with_the_same_key_is_another_registration(keyfob: Keyfob) -> None:
    one, other = (registered(post(keyfob, keyfob.initial_token(), key=KEY)) for _ in range(2))
    assert one.client_id != other.client_id
    assert one.client_secret != other.client_secret


@pytest.mark.slow
def test_f4_an_app_whose_answer_a_proxy_dropped_asks_again_and_has_one_instance(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        app = RemoteApp(server.base_url)
        headers = bearer(app.initial_token()) | {"idempotency-key": KEY, "connection": "close"}
        port = urlsplit(server.base_url).port
        assert port is not None
        with lossy_proxy(port, lose=2) as proxy:
            for _ in range(2):
                with pytest.raises(httpx.TransportError):
                    httpx.post(proxy.url + REGISTER, json=SEED_REQUEST, headers=headers)
            answer = httpx.post(proxy.url + REGISTER, json=SEED_REQUEST, headers=headers)
        assert proxy.lost == 2
        assert answer.status_code == 201
        assert value(server.database, COUNT) == 1
        instance = registered(answer)
        refused = httpx.post(
            server.base_url + "/oauth/v2/oauth-token",
            data={"grant_type": "refresh_token", "refresh_token": "x"},
            headers=basic(instance.client_id, instance.client_secret),
        )
        assert refused.json()["error"] == "invalid_grant"
