"""What an administrator decides of registration is in force at the next request."""

from collections.abc import Iterator

import pytest

from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.registration_settings import (
    SettingsChanged,
    SettingsMoved,
    change_registration,
    stored_registration,
)
from keyfob_server.rules.acts import Act
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from support_app import REGISTER, SEED_REQUEST, Keyfob, bearer, path_of
from support_sql import change

ACT = Act("admin page: anna", "a try")
ALIAS = "/oauth/v2/oauth-dynamic-client-registration"


def decide(keyfob: Keyfob, overrides: RegistrationOverrides) -> None:
    services = keyfob.installation.services

    async def do() -> object:
        seen = (await stored_registration(services)).text
        return await change_registration(services, overrides, seen=seen, act=ACT)

    assert keyfob.run(do()) == SettingsChanged()


@pytest.fixture(autouse=True)
def as_the_file_says_afterwards(keyfob: Keyfob) -> Iterator[None]:
    yield
    change(keyfob.database, "delete from settings where name = 'registration'")


def metadata(keyfob: Keyfob) -> dict[str, object]:
    document: dict[str, object] = keyfob.request(
        "GET", f"{path_of(keyfob.issuer)}/.well-known/openid-configuration"
    ).json()
    return document


def test_switched_off_the_endpoints_are_not_there_and_not_announced_and_come_back(keyfob: Keyfob) -> None:
    token = keyfob.initial_token()
    instance = keyfob.new_instance()
    decide(keyfob, RegistrationOverrides(enabled=False))
    for path in (REGISTER, ALIAS, f"{REGISTER}/{instance.client_id}", f"{REGISTER}/{instance.client_id}/secret"):
        methods = ("GET", "PUT", "DELETE") if path.endswith(instance.client_id) else ("POST",)
        for method in methods:
            answer = keyfob.request(method, path, json=SEED_REQUEST, headers=bearer(token))
            assert (answer.status_code, "www-authenticate" in answer.headers) == (404, False)
    assert "registration_endpoint" not in metadata(keyfob)
    assert "dcr" not in str(metadata(keyfob)["scopes_supported"])
    decide(keyfob, RegistrationOverrides())
    assert keyfob.register(token).status_code == 201
    assert "registration_endpoint" in metadata(keyfob)


def test_only_clients_may_authenticate_when_that_was_decided(keyfob: Keyfob) -> None:
    decide(keyfob, RegistrationOverrides(authenticate="client"))
    answer = keyfob.register(keyfob.initial_token())
    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")


def test_plain_registrations_are_refused_when_a_template_is_required(keyfob: Keyfob) -> None:
    decide(keyfob, RegistrationOverrides(non_templatized=False))
    answer = keyfob.register(keyfob.initial_token())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "must name a template" in answer.json()["error_description"]


def test_an_initial_token_lives_as_long_as_was_decided(keyfob: Keyfob) -> None:
    decide(keyfob, RegistrationOverrides(initial_token_lifetime_s=30))
    token = keyfob.initial_token()
    keyfob.clock.forward(30)
    assert keyfob.register(token).status_code == 401
    fresh = keyfob.initial_token()
    keyfob.clock.forward(29)
    assert keyfob.register(fresh).status_code == 201


def test_the_scopes_that_a_registration_gets_are_those_that_were_decided(keyfob: Keyfob) -> None:
    decide(keyfob, RegistrationOverrides(allowed_scopes=("openid",)))
    assert metadata(keyfob)["scopes_supported"] == ["openid", "dcr"]
    assert keyfob.register(keyfob.initial_token()).json()["scope"] == "openid"


def test_a_document_that_cannot_be_read_registers_nobody(keyfob: Keyfob) -> None:
    change(keyfob.database, "insert into settings (name, value, created) values ('registration', '{\"x\":1}', 0)")
    token = keyfob.request("GET", f"{path_of(keyfob.issuer)}/jwks")
    assert token.status_code == 200
    assert keyfob.register("x").status_code == 503


def test_of_two_administrators_the_second_is_told_that_it_is_not_so_any_more(keyfob: Keyfob) -> None:
    services = keyfob.installation.services

    async def both() -> tuple[object, object]:
        first = await change_registration(services, RegistrationOverrides(enabled=False), seen="", act=ACT)
        return first, await change_registration(services, RegistrationOverrides(enabled=True), seen="", act=ACT)

    assert keyfob.run(both()) == (SettingsChanged(), SettingsMoved())


@pytest.mark.parametrize(
    ("overrides", "reason", "part"),
    [
        (RegistrationOverrides(authenticate="nobody"), "why", "who authenticates"),
        (RegistrationOverrides(enabled=False), " ", "say why"),
        (RegistrationOverrides(enabled=False), "x" * 501, "at most 500"),
        (RegistrationOverrides(enabled=False), "a\nb", "control characters"),
    ],
)
def test_nonsense_and_silence_change_nothing(
    keyfob: Keyfob, overrides: RegistrationOverrides, reason: str, part: str
) -> None:
    services = keyfob.installation.services
    outcome = keyfob.run(change_registration(services, overrides, seen="", act=Act("admin page: anna", reason)))
    assert isinstance(outcome, Unfit)
    assert part in outcome.sentence
    assert keyfob.run(stored_registration(services)).text == ""
