"""The registration client is what the settings say at this start, not what they said once."""

from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.policy import Policy
from support_app import BASE, REGISTRATION_CLIENT, Keyfob, Pkce, running_keyfob
from support_sql import change, rows, value

DEMO = demo_policy(BASE)
GONE = replace(DEMO, registration_client=replace(DEMO.registration_client, redirect_uris=()))
RENAMED = replace(DEMO, registration_client=replace(DEMO.registration_client, id="another-client"))


def status_of_the_request(keyfob: Keyfob, client_id: str) -> tuple[int, bool]:
    """Of a request for `dcr`: the status, and whether the app hears that its client is not active."""
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=client_id, scope="dcr", nonce="")
    return answer.status_code, "error=unauthorized_client" in answer.headers.get("location", "")


@pytest.mark.parametrize("policy", [GONE, RENAMED], ids=["gone", "renamed"])
def test_a_registration_client_that_left_the_settings_registers_nobody(tmp_path: Path, policy: Policy) -> None:
    with running_keyfob(tmp_path) as keyfob:
        token = keyfob.initial_token()
    with running_keyfob(tmp_path, policy=policy) as keyfob:
        assert status_of_the_request(keyfob, REGISTRATION_CLIENT) == (303, True)
        assert keyfob.register(token).status_code == 401
        assert rows(keyfob.database, "select * from dynamically_registered_clients") == []
    with running_keyfob(tmp_path) as keyfob:
        assert status_of_the_request(keyfob, REGISTRATION_CLIENT) == (200, False)
        assert keyfob.register(keyfob.initial_token()).status_code == 201


def test_a_registration_client_that_somebody_switched_off_stays_off_through_every_start(tmp_path: Path) -> None:
    with running_keyfob(tmp_path) as keyfob:
        switched = "update clients set status = 'inactive' where client_id = ?"
        assert change(keyfob.database, switched, REGISTRATION_CLIENT) == 1
    for policy in (DEMO, RENAMED, DEMO):
        with running_keyfob(tmp_path, policy=policy) as keyfob:
            text = "select status from clients where client_id = ?"
            assert value(keyfob.database, text, REGISTRATION_CLIENT) == "inactive"
