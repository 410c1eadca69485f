"""A registration client that a document made registers apps, through every start, and can be switched off."""

from dataclasses import replace
from pathlib import Path

from keyfob_protocol.identifiers import ClientId
from keyfob_server.composition.configuration_acts import client_rules
from keyfob_server.demo.data import demo_policy
from keyfob_server.endpoints.static_clients import (
    ClientApplied,
    ClientRemoved,
    ClientTools,
    apply_client,
    remove_client,
)
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.registration_client import registration_client
from support_app import BASE, REGISTRATION_CLIENT, Keyfob, running_keyfob
from support_sql import value

DEMO = demo_policy(BASE)
NOT_NAMED = replace(DEMO, registration_client=replace(DEMO.registration_client, redirect_uris=()))
ACT = Act("command line: anna", "a try")


def tools_of(keyfob: Keyfob) -> ClientTools:
    services, store = keyfob.installation.services, keyfob.installation.store
    return ClientTools(store.static_clients, services.hasher, services.entropy, client_rules(services.policy))


def configured() -> ConfiguredClient:
    named = registration_client(DEMO.registration_client)
    assert named
    settings = replace(named.settings, named_by_settings=False)
    return ConfiguredClient(named.client_id, replace(named.metadata, scope=()), settings)


def status(keyfob: Keyfob) -> object:
    return value(keyfob.database, "select status from clients where client_id = ?", REGISTRATION_CLIENT)


def test_a_document_makes_a_registration_client_that_every_start_keeps(tmp_path: Path) -> None:
    with running_keyfob(tmp_path, policy=NOT_NAMED) as keyfob:
        assert isinstance(keyfob.run(apply_client(tools_of(keyfob), configured(), act=ACT)), ClientApplied)
        assert keyfob.register(keyfob.initial_token()).status_code == 201
    with running_keyfob(tmp_path, policy=NOT_NAMED) as keyfob:
        assert keyfob.register(keyfob.initial_token()).status_code == 201
        token = keyfob.initial_token()
        removed = keyfob.run(remove_client(tools_of(keyfob), ClientId(REGISTRATION_CLIENT), act=ACT))
        assert isinstance(removed, ClientRemoved)
        assert keyfob.register(token).status_code == 401
    with running_keyfob(tmp_path, policy=NOT_NAMED) as keyfob:
        assert status(keyfob) == "retired"


def test_the_settings_take_over_a_client_that_they_begin_to_name_and_give_it_back(tmp_path: Path) -> None:
    with running_keyfob(tmp_path, policy=NOT_NAMED) as keyfob:
        keyfob.run(apply_client(tools_of(keyfob), configured(), act=ACT))
    with running_keyfob(tmp_path, policy=DEMO) as keyfob:
        refused = keyfob.run(apply_client(tools_of(keyfob), configured(), act=ACT))
        assert "settings file" in getattr(refused, "sentence", "")
    with running_keyfob(tmp_path, policy=NOT_NAMED) as keyfob:
        assert status(keyfob) == "retired"
        assert isinstance(keyfob.run(apply_client(tools_of(keyfob), configured(), act=ACT)), ClientApplied)
        assert keyfob.register(keyfob.initial_token()).status_code == 201
