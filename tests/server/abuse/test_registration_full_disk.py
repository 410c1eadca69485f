"""A storm of registrations, and no room for any more of them."""

import pytest

from keyfob_server.rules.new_initial_token import NewInitialToken
from support_app import Instance, Keyfob, Tokens
from support_initial_tokens import KEY, issued, post, put_template, registered
from support_sql import rows, value
from support_sqlite_faults import writing_connection

COUNT = "select count(*) from dynamically_registered_clients"
LARGE: dict[str, object] = {
    "redirect_uris": [f"com.example.app{number}:/{'x' * 1900}" for number in range(20)],
    "scope": "openid",
}


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


def size(keyfob: Keyfob, instance: Instance) -> int:
    """Bytes of all values of its row."""
    ((*values,),) = rows(
        keyfob.database, "select * from dynamically_registered_clients where client_id = ?", instance.client_id
    )
    return sum(len(str(one).encode()) for one in values)


def test_f23_an_instance_of_a_template_takes_less_than_a_kilobyte(keyfob: Keyfob) -> None:
    template = put_template(keyfob, "small-rows")
    token = issued(keyfob, NewInitialToken(user_name="demouser"))
    document: dict[str, object] = {"software_id": template, "instance_name": "Anna's phone", "instance_platform": "ios"}
    instance = registered(post(keyfob, token.token, document, key=KEY))
    assert size(keyfob, instance) < 1024


def test_f23_an_instance_with_metadata_of_its_own_takes_less_too(keyfob: Keyfob, instance: Instance) -> None:
    assert size(keyfob, instance) < 1024


def test_f23_without_room_a_registration_is_a_clean_503_and_the_token_is_good_when_there_is_room_again(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    storm = issued(keyfob, NewInitialToken(uses=None)).token
    connection = writing_connection(keyfob.installation.store)
    ((pages,),) = connection.execute("pragma page_count").fetchall()
    count = value(keyfob.database, COUNT)
    connection.execute(f"pragma max_page_count = {pages}")
    try:
        refused = post(keyfob, storm, LARGE)
        assert refused.status_code == 503
        assert refused.json()["error"] == "temporarily_unavailable"
        assert int(refused.headers["retry-after"]) > 0
        assert value(keyfob.database, COUNT) == count
        assert keyfob.userinfo(tokens.access_token).status_code == 200
        refreshed = keyfob.refresh(instance, tokens.refresh_token)
        assert refreshed.status_code == 200
    finally:
        connection.execute("pragma max_page_count = 1000000")
    assert post(keyfob, storm, LARGE).status_code == 201
    ((uses,),) = rows(keyfob.database, "select uses from initial_tokens order by id desc limit 1")
    assert uses == 1
