"""An initial token that an administrator bound to somebody's account gets nothing without that person's click."""

from collections.abc import Iterator

import pytest

from keyfob_server.rules.new_initial_token import NewInitialToken
from support_admin import add_account, an_administrator, form_token
from support_app import SEED_REQUEST, Browser, Instance, Keyfob, Pkce, running_keyfob
from support_authorize import error_of
from support_initial_tokens import issued

SOMEWHERE = "https://rp.example.com/cb"


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        add_account(running, "boss", "owner")
        add_account(running, "op", "operator")
        yield running


@pytest.fixture
def instance(keyfob: Keyfob) -> Instance:
    token = issued(keyfob, NewInitialToken(user_name="demouser")).token
    answer = keyfob.register(token, SEED_REQUEST | {"redirect_uris": [SOMEWHERE], "application_type": "web"})
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document["requires_consent"] is True
    return Instance(document["client_id"], document["client_secret"], document)


def signed_in(keyfob: Keyfob) -> Browser:
    """For something else."""
    browser = keyfob.browser()
    keyfob.code_for(keyfob.new_instance(), browser, Pkce())
    return browser


def test_a_browser_that_is_signed_in_hands_out_no_code_by_itself(keyfob: Keyfob, instance: Instance) -> None:
    asked = {"client_id": instance.client_id, "redirect_uri": SOMEWHERE}
    silent = keyfob.authorize(signed_in(keyfob), Pkce(), prompt="none", **asked)
    assert error_of(silent, SOMEWHERE) == "consent_required"
    browser = signed_in(keyfob)
    question = keyfob.authorize(browser, Pkce(), **asked)
    assert "Allow this app?" in question.text
    assert "rp.example.com" in question.text
    assert "code" in browser.submit(question, allow="1").headers["location"].partition("?")[2]


def test_an_operator_issues_none_for_somebody_with_a_role(keyfob: Keyfob) -> None:
    operator = an_administrator(keyfob, "op")
    form = {"uses": "1", "lifetime_s": "3600", "user_name": "Boss", "reason": "a test"}
    token = form_token(operator.get("/admin/initial-tokens/new"))
    refused = operator.post("/admin/initial-tokens/new", form | {"form_token": token})
    assert refused.status_code == 422
    assert "only an owner can change it" in refused.text
    owner = an_administrator(keyfob, "boss")
    token = form_token(owner.get("/admin/initial-tokens/new"))
    done = owner.post("/admin/initial-tokens/new", form | {"form_token": token, "user_name": "op"})
    assert done.status_code == 200
