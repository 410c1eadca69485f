"""Initial tokens that no code flow led to, from the issue to what they register."""

from collections.abc import Iterator

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import NoSuchAccount, Unfit
from keyfob_server.endpoints.initial_tokens import (
    NoSuchTemplate,
    NoSuchToken,
    TokenRevoked,
    issue_initial_token,
    list_initial_tokens,
    revoke_initial_token,
    show_initial_token,
)
from keyfob_server.rules.acts import Act
from keyfob_server.rules.initial_token_records import IssuedInitialToken
from keyfob_server.rules.new_initial_token import NewInitialToken
from support_app import REDIRECT, SEED_REQUEST, Instance, Keyfob, Pkce, answer_of, running_keyfob
from support_initial_tokens import ACT, client_token, issued, issuer_of, post, put_issuer, put_template, registered
from support_sql import change, records, rows, value

DAY = 86400


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def shown(keyfob: Keyfob, token_id: str) -> IssuedInitialToken:
    found = keyfob.run(show_initial_token(keyfob.installation.store.initial_tokens, token_id))
    assert isinstance(found, IssuedInitialToken)
    return found


def stored(keyfob: Keyfob, client_id: str, column: str) -> object:
    text = f"select {column} from dynamically_registered_clients where client_id = ?"  # noqa: S608 - a column of ours
    return value(keyfob.database, text, client_id)


def test_a_token_registers_as_often_as_it_was_issued_for(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=3))
    answers = [post(keyfob, token.token).status_code for _ in range(5)]
    assert answers == [201, 201, 201, 401, 401]
    assert (shown(keyfob, token.record.id).uses, shown(keyfob, token.record.id).uses_left) == (3, 0)


def test_of_many_at_once_a_budget_lets_exactly_so_many_register(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=5))
    request: tuple[str, str, dict[str, object]] = (
        "POST", "/token-service/oauth-registration",
        {"json": SEED_REQUEST, "headers": {"authorization": f"Bearer {token.token}"}},
    )  # fmt: skip
    answers = keyfob.together([request] * 15)
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [401] * 10
    assert len({answer.json()["client_id"] for answer in answers if answer.status_code == 201}) == 5


def test_an_unlimited_token_counts_its_uses_and_dies_at_its_end(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=None, lifetime_s=DAY))
    assert [post(keyfob, token.token).status_code for _ in range(4)] == [201] * 4
    assert (shown(keyfob, token.record.id).uses, shown(keyfob, token.record.id).uses_left) == (4, None)
    keyfob.clock.forward(DAY)
    before = records(keyfob.database)
    assert post(keyfob, token.token).status_code == 401
    assert records(keyfob.database) == before


def agreed(keyfob: Keyfob, instance: Instance) -> str:
    """An access token, after the person, who did not ask for the app, allowed it."""
    browser, pkce = keyfob.browser(), Pkce()
    question = browser.sign_in(keyfob.authorize(browser, pkce, client_id=instance.client_id))
    code = answer_of(browser.submit(question, allow="1"))["code"]
    token: str = keyfob.redeem(instance, code, pkce).json()["access_token"]
    return token


def test_an_issued_token_makes_instances_of_its_person(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(user_name="demouser"))
    instance = registered(post(keyfob, token.token))
    assert stored(keyfob, instance.client_id, "authenticated_user") == "demouser"
    assert stored(keyfob, instance.client_id, "initial_client") == f"initial-token:{token.record.id}"
    assert agreed(keyfob, instance)


def test_an_issued_token_dies_with_its_person_and_with_a_change_of_the_password(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(user_name="demouser", uses=None))
    change(keyfob.database, "update accounts set status = 'disabled' where user_name = 'demouser'")
    assert post(keyfob, token.token).status_code == 401
    change(keyfob.database, "update accounts set status = 'active' where user_name = 'demouser'")
    assert post(keyfob, token.token).status_code == 401


def test_a_revoked_token_registers_nothing_and_what_it_registered_stays(keyfob: Keyfob) -> None:
    store = keyfob.installation.store.initial_tokens
    token = issued(keyfob, NewInitialToken(user_name="demouser", uses=None))
    instance = registered(post(keyfob, token.token))
    revoked = keyfob.run(revoke_initial_token(store, token.record.id, ACT))
    assert isinstance(revoked, TokenRevoked)
    assert revoked.record.status == "revoked"
    assert post(keyfob, token.token).status_code == 401
    assert agreed(keyfob, instance)
    again = keyfob.run(revoke_initial_token(store, token.record.id, ACT))
    assert again == NoSuchToken(token.record.id)


def test_the_acts_on_an_issued_token_are_in_the_audit(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(uses=2))
    keyfob.run(revoke_initial_token(keyfob.installation.store.initial_tokens, token.record.id, ACT))
    of_token = "where subject_kind = 'initial_token' and subject_id = ? order by id"
    text = f"select event, actor, reason, after from audit {of_token}"  # noqa: S608 - a text of ours
    assert rows(keyfob.database, text, token.record.id) == [
        ("initial_token.issued", ACT.by, ACT.reason, "uses 2"),
        ("initial_token.revoked", ACT.by, ACT.reason, "revoked"),
    ]


def test_a_token_with_redirect_uris_registers_no_others(keyfob: Keyfob) -> None:
    token = issued(keyfob, NewInitialToken(redirect_uris=(REDIRECT,)))
    refused = post(keyfob, token.token, SEED_REQUEST | {"redirect_uris": [REDIRECT, "com.example.other:/callback"]})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_redirect_uri")
    assert post(keyfob, token.token).status_code == 201


def test_a_token_of_a_template_makes_instances_of_it_and_nothing_else(keyfob: Keyfob) -> None:
    mine, other = put_template(keyfob, "template-of-the-token"), put_template(keyfob, "another-template")
    token = issued(keyfob, NewInitialToken(template=mine, uses=2))
    others: list[dict[str, object]] = [{"software_id": other}, {"software_id": "no-template"}, SEED_REQUEST]
    for document in others:
        refused = post(keyfob, token.token, document)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    instance = registered(post(keyfob, token.token, {"software_id": mine, "instance_name": "Anna's phone"}))
    assert stored(keyfob, instance.client_id, "instance_of_client") == mine
    assert shown(keyfob, token.record.id).uses_left == 1


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (NewInitialToken(uses=0), Unfit),
        (NewInitialToken(uses=1_000_001), Unfit),
        (NewInitialToken(lifetime_s=59), Unfit),
        (NewInitialToken(lifetime_s=90 * DAY + 1), Unfit),
        (NewInitialToken(note="a\nb"), Unfit),
        (NewInitialToken(redirect_uris=("javascript:alert(1)",)), Unfit),
        (NewInitialToken(redirect_uris=tuple(f"com.example.a{n}:/cb" for n in range(21))), Unfit),
        (NewInitialToken(user_name="nobody"), NoSuchAccount),
        (NewInitialToken(template="nothing"), NoSuchTemplate),
    ],
)
def test_what_breaks_a_rule_is_not_issued(keyfob: Keyfob, new: NewInitialToken, expected: type) -> None:
    before = value(keyfob.database, "select count(*) from initial_tokens")
    answer = keyfob.run(issue_initial_token(issuer_of(keyfob), new, ACT, now=keyfob.clock()))
    assert isinstance(answer, expected)
    assert value(keyfob.database, "select count(*) from initial_tokens") == before


def test_a_reason_is_plain_text(keyfob: Keyfob) -> None:
    spoilt, store = Act(by="x", reason="a\x00b"), keyfob.installation.store.initial_tokens
    assert isinstance(
        keyfob.run(issue_initial_token(issuer_of(keyfob), NewInitialToken(), spoilt, now=keyfob.clock())), Unfit
    )
    assert isinstance(keyfob.run(revoke_initial_token(store, "x", spoilt)), Unfit)


def test_tokens_are_listed_page_by_page_with_their_people(keyfob: Keyfob) -> None:
    made = [issued(keyfob, NewInitialToken(note=f"n{number}", user_name="demouser")).record for number in range(3)]
    store = keyfob.installation.store.initial_tokens
    page = keyfob.run(list_initial_tokens(store, after=made[0].id, limit=1))
    assert page == [made[1]]
    assert page[0].user_name == "demouser"
    assert keyfob.run(show_initial_token(store, "unknown")) == NoSuchToken("unknown")


def test_the_token_itself_is_nowhere_in_the_database(keyfob: Keyfob) -> None:
    token = issued(keyfob)
    assert token.token not in repr(token)
    assert all(token.token not in str(row) for row in rows(keyfob.database, "select * from initial_tokens"))


def test_a_client_s_own_token_registers_once_for_whoever_comes_first(keyfob: Keyfob) -> None:
    token = client_token(keyfob)
    instance = registered(post(keyfob, token))
    assert post(keyfob, token).status_code == 401
    assert stored(keyfob, instance.client_id, "initial_client") == "dcr-issuer"
    assert stored(keyfob, instance.client_id, "account_id") == ""


def test_minting_a_client_s_token_writes_no_row(keyfob: Keyfob) -> None:
    client = put_issuer(keyfob)
    before = records(keyfob.database), rows(keyfob.database, "select * from initial_tokens")
    client_token(keyfob, client)
    assert (records(keyfob.database), rows(keyfob.database, "select * from initial_tokens")) == before


@pytest.mark.parametrize("how", ["status", "settings", "late"])
def test_a_client_s_token_dies_with_what_let_it_be(keyfob: Keyfob, how: str) -> None:
    token = client_token(keyfob, put_issuer(keyfob, client_id=ClientId(f"issuer-{how}")))
    if how == "status":
        change(keyfob.database, "update clients set status = 'inactive' where client_id = ?", f"issuer-{how}")
    elif how == "settings":
        put_issuer(keyfob, client_id=ClientId(f"issuer-{how}"), initial_tokens=False)
    else:
        keyfob.clock.forward(300)
    before = records(keyfob.database)
    assert post(keyfob, token).status_code == 401
    assert records(keyfob.database) == before
