"""Pairwise subjects: one name for a person in a sector, another in the next, and the account's id nowhere."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.pairwise import HmacPairwiseSubjects
from keyfob_server.crypto.roots import create_roots
from keyfob_server.rules.client_settings import ClientSettings
from support_app import REDIRECT, SEED_REQUEST, Instance, Keyfob, Pkce, answer_of, basic, running_keyfob
from support_authorize import static_client
from support_sql import value

WEB = "https://app.example/cb"


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


def claims_of(token: str) -> dict[str, object]:
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert isinstance(claims, dict)
    return claims


def subjects(keyfob: Keyfob, instance: Instance) -> set[str]:
    """Every `sub` that leaves the server for this client."""
    tokens = keyfob.tokens(instance)
    form, headers = {"token": tokens.access_token}, basic(instance.client_id, instance.client_secret)
    told = keyfob.request("POST", "/oauth/v2/oauth-introspect", data=form, headers=headers).json()
    assert "username" not in told
    found = {claims_of(tokens.id_token)["sub"], keyfob.userinfo(tokens.access_token).json()["sub"], told["sub"]}
    return {str(one) for one in found}


def test_every_answer_for_a_pairwise_client_names_the_person_alike_and_tells_nothing(keyfob: Keyfob) -> None:
    (subject,) = subjects(keyfob, keyfob.new_instance(subject_type="pairwise"))
    account_id = value(keyfob.database, "select id from accounts where user_name = 'demouser'")
    assert len(subject) == 43
    assert subject not in {account_id, "demouser"}


def test_a_sector_shares_its_names_and_two_sectors_do_not(keyfob: Keyfob) -> None:
    def of(name: str, sector: str) -> str:
        client = static_client(
            keyfob,
            name,
            secret="s" * 43,
            settings=ClientSettings(sector=sector),
            subject_type="pairwise",
        )
        (subject,) = subjects(keyfob, client)
        return subject

    assert of("one", "shop") == of("two", "shop")
    assert of("three", "bank") != of("one", "shop")


def test_two_instances_without_a_host_are_two_sectors(keyfob: Keyfob) -> None:
    found = [subjects(keyfob, keyfob.new_instance(subject_type="pairwise")) for _ in range(2)]
    assert found[0].isdisjoint(found[1])


@pytest.mark.parametrize("beside", [REDIRECT, "http://127.0.0.1/cb"], ids=["private-use", "loopback"])
def test_an_app_does_not_join_the_sector_of_a_host_by_naming_it_beside_a_redirect_uri_of_its_own(
    keyfob: Keyfob, beside: str
) -> None:
    def of(*redirect_uris: str) -> object:
        instance = keyfob.new_instance(
            subject_type="pairwise", redirect_uris=list(redirect_uris), application_type="native"
        )
        pkce, redirect = Pkce(), redirect_uris[0]
        code = keyfob.code_for(instance, keyfob.browser(), pkce, redirect_uri=redirect)
        return claims_of(keyfob.redeem(instance, code, pkce, redirect_uri=redirect).json()["id_token"])["sub"]

    assert of(WEB) == of(WEB)
    assert of(beside, WEB) != of(WEB)


def test_a_hint_is_understood_in_the_clients_own_names(keyfob: Keyfob) -> None:
    instance, browser = keyfob.new_instance(subject_type="pairwise"), keyfob.browser()
    tokens = keyfob.tokens(instance, browser)
    answer = keyfob.authorize(
        browser, Pkce(), client_id=instance.client_id, prompt="none", id_token_hint=tokens.id_token
    )
    assert "code" in answer_of(answer)


def test_redirect_uris_of_several_hosts_need_a_document_that_makes_them_one_sector(keyfob: Keyfob) -> None:
    asked = SEED_REQUEST | {"redirect_uris": [WEB, "https://other.example/cb"], "subject_type": "pairwise"}
    answer = keyfob.register(keyfob.initial_token(), asked | {"application_type": "web"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "sector_identifier_uri" in answer.json()["error_description"]


def test_f15_a_sector_document_on_a_private_address_is_never_fetched(keyfob: Keyfob) -> None:
    asked = SEED_REQUEST | {"subject_type": "pairwise", "sector_identifier_uri": "https://127.0.0.1/uris.json"}
    answer = keyfob.register(keyfob.initial_token(), asked)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "sector_identifier_uri" in answer.json()["error_description"]


def test_the_owner_of_an_instance_is_stored_as_the_account(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance(subject_type="pairwise")
    text = "select authenticated_user from dynamically_registered_clients where client_id = ?"
    assert value(keyfob.database, text, instance.client_id) == "demouser"


def test_another_root_gives_other_names() -> None:

    roots, other = create_roots(SystemEntropy()), create_roots(SystemEntropy())
    names = HmacPairwiseSubjects(roots)
    assert names.subject("a", "bc") == HmacPairwiseSubjects(replace(roots, sealing=other.sealing)).subject("a", "bc")
    assert (
        len({names.subject("a", "bc"), names.subject("ab", "c"), HmacPairwiseSubjects(other).subject("a", "bc")}) == 3
    )
