"""Which limit counts for a person who registers a device, and when nobody needs to be asked."""

from dataclasses import replace

from keyfob_server.endpoints.registration_settings import change_registration
from keyfob_server.rules.acts import Act
from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from support_app import SEED_REQUEST, answer_of
from support_initial_tokens import post, put_template, registered
from support_room import PLAIN_ONLY, Serving, heading, insisting_token, lead, offered, own, registering
from support_sql import change

DAY = 86400


def test_f21_for_the_limit_of_a_day_the_page_says_when_and_offers_no_removal(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(templatized=False, max_instances_per_owner=2, max_new_per_day=2))
    own(keyfob)
    one = registering(keyfob)
    page = one.signed_in()
    assert (page.status_code, heading(page)) == (200, "Too many new devices")
    assert "Demo User registered 2 devices within 24 hours" in lead(page)
    assert "UTC tomorrow, in about 24 hours. Removing a device does not change that." in page.text
    assert (offered(page), "go_on" in page.text) == ([], False)
    assert heading(one.browser.submit(page, go_on="1")) == "Too many new devices"
    assert answer_of(one.browser.submit(page, cancel="1"))["error"] == "access_denied"
    # a day later there is still the other limit, and then a removal helps
    keyfob.clock.forward(DAY)
    page = one.signed_in()
    assert heading(page) == "Remove a device first"
    assert heading(one.remove(page, offered(page)[0])) == "Register this device?"


def test_f21_where_the_app_may_name_a_template_with_room_the_person_may_go_on(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(max_instances_per_owner=1, max_new_per_day=0))
    plain = keyfob.new_instance()
    one = registering(keyfob)
    page = one.signed_in()
    assert (heading(page), offered(page)) == ("Remove a device first?", [plain.client_id])
    assert "may not be able to register this device. Demo User has 1 device like those below" in lead(page)
    confirm = one.browser.submit(page, go_on="1")
    assert heading(confirm) == "Register this device?"
    token = one.initial_token(one.browser.submit(confirm, allow="1"))
    template = put_template(keyfob, "with-room")
    registered(post(keyfob, token, {"software_id": template}))
    assert post(keyfob, insisting_token(keyfob), SEED_REQUEST).status_code == 429


def test_f21_the_limit_of_the_template_counts_where_there_is_nothing_else(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(non_templatized=False, max_instances_per_owner=1, max_new_per_day=0))
    change(keyfob.database, "update client_templates set status = 'inactive'")
    template = put_template(keyfob, "the-only-one")
    instance = registered(post(keyfob, keyfob.initial_token(), {"software_id": template}))
    one = registering(keyfob)
    page = one.signed_in()
    assert (heading(page), offered(page)) == ("Remove a device first", [instance.client_id])
    assert "App of the-only-one" in page.text
    confirm = one.remove(page, instance.client_id)
    token = one.initial_token(one.browser.submit(confirm, allow="1"))
    registered(post(keyfob, token, {"software_id": template}))


def test_f21_a_registration_client_of_one_template_fills_that_one(serving: Serving) -> None:
    keyfob = serving(RegistrationPolicy(non_templatized=False, max_instances_per_owner=1, max_new_per_day=0))
    mine, other = put_template(keyfob, "mine"), put_template(keyfob, "other")
    registered(post(keyfob, keyfob.initial_token(), {"software_id": other}))
    store = keyfob.installation.store
    found = keyfob.run(store.load(client_id=keyfob.installation.settings.policy.registration_client.id)).client  # type: ignore[arg-type] # its text
    assert found is not None
    limited = replace(found, settings=replace(found.settings, templates=(mine,)))
    assert keyfob.run(store.put_static_client(limited, now=keyfob.clock()))
    registered(post(keyfob, keyfob.initial_token(), {"software_id": mine}))
    assert heading(registering(keyfob).signed_in()) == "Remove a device first"


def test_f21_what_administrators_switch_while_the_server_runs_counts_at_once(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    own(keyfob)
    assert heading(registering(keyfob).signed_in()) == "Remove a device first"
    services = keyfob.installation.services
    switched = change_registration(
        services, RegistrationOverrides(enabled=False), seen="", act=Act("administrator", "a test")
    )
    keyfob.run(switched)
    assert "code" in answer_of(registering(keyfob).signed_in())
