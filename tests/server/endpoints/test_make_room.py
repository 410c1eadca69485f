"""A person at a limit of devices is asked which to remove, on the way to registering another one."""

from dataclasses import replace

from keyfob_server.endpoints.registration_room import SHOWN
from support_admin import add_account
from support_app import AUTHORIZE, REDIRECT, answer_of, form_action
from support_devices import add_copies, status_of
from support_initial_tokens import post, registered
from support_room import NO_ROOM, PLAIN_ONLY, Serving, heading, lead, offered, own, registering
from support_sql import change, rows

DAY = 86400


def test_f21_who_has_as_many_as_may_be_removes_one_and_the_registration_goes_on(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    first, second = own(keyfob)
    one = registering(keyfob)
    page = one.signed_in()
    assert (page.status_code, heading(page), form_action(page)) == (200, "Remove a device first", NO_ROOM)
    assert lead(page) == (
        "mobile-dcr-client cannot register this device yet. Demo User has 2 devices, and there may not be more."
    )
    assert "go_on" not in page.text
    assert offered(page) == [first.client_id, second.client_id]
    asked = one.browser.submit(page, do="remove", device=first.client_id)
    assert (heading(asked), form_action(asked)) == ("Remove the device below?", NO_ROOM)
    assert "Phone 0" in asked.text
    confirm = one.remove(page, first.client_id)
    assert (heading(confirm), confirm.status_code) == ("Register this device?", 200)
    registered(post(keyfob, one.initial_token(one.browser.submit(confirm, allow="1"))))
    assert [status_of(keyfob, instance) for instance in (first, second)] == ["revoked", "active"]
    text = "select actor, before, after, reason from audit where event = 'instance.revoked' and subject_id = ?"
    assert rows(keyfob.database, text, first.client_id) == [
        ("owner", "active", "revoked", "removed to make room for another device")
    ]


def test_f21_whoever_is_signed_in_is_asked_before_the_button_and_not_after(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    own(keyfob, 1)
    one = registering(keyfob)
    keyfob.new_instance(one.browser)
    page = one.begin(prompt="")
    assert heading(page) == "Remove a device first"
    confirm = one.remove(page, offered(page)[0])
    assert heading(confirm) == "Register this device?"
    # somebody fills the room meanwhile: whoever agreed is not asked again, and the registration judges for itself
    registered(post(keyfob, keyfob.initial_token()))
    refused = post(keyfob, one.initial_token(one.browser.submit(confirm, allow="1")))
    assert (refused.status_code, refused.json()["error"]) == (429, "temporarily_unavailable")
    assert int(refused.headers["retry-after"]) > 0


def test_f21_the_one_unused_for_longest_comes_first(serving: Serving) -> None:
    keyfob = serving(replace(PLAIN_ONLY, max_instances_per_owner=3))
    used, never, late = own(keyfob, 3)
    one = registering(keyfob)
    keyfob.tokens(late, one.browser)
    keyfob.clock.forward(DAY)
    keyfob.tokens(used)
    page = one.signed_in()
    assert offered(page) == [never.client_id, late.client_id, used.client_id]
    assert [word in page.text for word in ("Harbour Bank", "First used", "Last used", "Never")] == [True] * 4


def test_f21_a_wrong_password_and_none_remove_nothing(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    first, _ = own(keyfob)
    one = registering(keyfob)
    page = one.signed_in()
    wrong = one.remove(page, first.client_id, "Password2")
    assert (wrong.status_code, heading(wrong)) == (200, "Remove the device below?")
    assert "That password is not right" in wrong.text
    assert "Type your password." in one.remove(page, first.client_id, "").text
    assert status_of(keyfob, first) == "active"
    kept = one.browser.submit(wrong, do="remove", device=first.client_id, confirm="1", keep="1")
    assert heading(kept) == "Remove a device first"
    assert status_of(keyfob, first) == "active"
    assert heading(one.remove(kept, first.client_id)) == "Register this device?"


def test_f21_a_form_that_is_sent_twice_removes_one_device(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    first, second = own(keyfob)
    one = registering(keyfob)
    page = one.signed_in()
    assert heading(one.remove(page, first.client_id)) == "Register this device?"
    again = one.browser.submit(page, do="remove", device=second.client_id, confirm="1", password="Password1")
    assert heading(again) == "Register this device?"
    assert status_of(keyfob, second) == "active"


def test_f21_who_has_too_many_removes_until_there_is_room(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    first, _ = own(keyfob)
    text = "update dynamically_registered_clients set status = ? where client_id = ?"
    change(keyfob.database, text, "revoked", first.client_id)
    own(keyfob, 1)
    change(keyfob.database, text, "inactive", first.client_id)
    one = registering(keyfob)
    page = one.signed_in()
    assert "Demo User has 3 devices" in lead(page)
    assert "Switched off by an administrator" in page.text
    still = one.remove(page, offered(page)[0])
    assert heading(still) == "Remove a device first"
    assert "Removed. There is still no room: one more has to go." in still.text
    assert len(offered(still)) == 2
    assert heading(one.remove(still, offered(still)[0])) == "Register this device?"


def test_f21_cancelling_tells_the_app(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    first, _ = own(keyfob)
    one = registering(keyfob)
    answer = one.browser.submit(one.signed_in(), cancel="1")
    assert answer.headers["location"].startswith(f"{REDIRECT}?")
    assert answer_of(answer) == {
        "error": "access_denied",
        "error_description": "this account has no room for another device, and none was removed",
        "state": "state-1",
        "iss": keyfob.issuer,
    }
    assert status_of(keyfob, first) == "active"


def test_f21_silently_nobody_is_asked(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    own(keyfob)
    one = registering(keyfob)
    one.signed_in()
    assert answer_of(one.begin(prompt="none"))["error"] == "interaction_required"


def test_f21_other_peoples_devices_take_nobodys_room(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    own(keyfob)
    add_account(keyfob, "somebody-else")
    assert "code" in answer_of(registering(keyfob).signed_in("somebody-else"))


def test_f21_at_most_fifty_are_shown_and_the_page_says_so(serving: Serving) -> None:
    keyfob = serving(replace(PLAIN_ONLY, max_instances_per_owner=SHOWN + 1))
    (first,) = own(keyfob, 1)
    add_copies(keyfob, first, SHOWN)
    page = registering(keyfob).signed_in()
    assert f"Demo User has {SHOWN + 1} devices" in lead(page)
    assert len(offered(page)) == SHOWN
    assert "Only those that were unused for longest are shown." in page.text


def test_f21_a_page_that_stood_open_too_long_begins_again(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    own(keyfob)
    one = registering(keyfob)
    page = one.signed_in()
    keyfob.clock.forward(1800)
    answer = one.browser.submit(page, do="remove", device=offered(page)[0])
    assert answer.status_code == 400
    assert f'href="{AUTHORIZE}?' in answer.text


def test_f21_a_password_that_is_too_old_is_asked_for_again_behind_a_removal(serving: Serving) -> None:
    keyfob = serving(PLAIN_ONLY)
    own(keyfob)
    one = registering(keyfob)
    page = one.signed_in()
    keyfob.clock.forward(301)
    assert heading(one.browser.submit(page, do="remove", device=offered(page)[0])) == "Register this device"
