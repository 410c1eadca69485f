"""The page that asks which device to remove, against other sites, other people and guesses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.policy import RegistrationPolicy
from support_admin import add_account
from support_app import BASE, Instance, Keyfob, form_state, running_keyfob
from support_attempts import at
from support_devices import DEVICES, form_for, signed_in, status_of
from support_room import NO_ROOM, PASSWORD, Registering, heading, offered, registering
from support_sql import records

OTHER_SITES = (
    {"origin": "https://evil.example"},
    {"origin": ""},
    {"origin": f"{BASE}.evil.example"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"sec_fetch_site": "none"},
    {"sec_fetch_site": "cross-site", "origin": BASE},
)
OTHER = "somebody-else"


@dataclass(frozen=True, slots=True)
class Full:
    """A person without room, at the page; and another person's device."""

    keyfob: Keyfob
    own: Instance
    foreign: Instance

    def asked(self, user_name: str = "demouser") -> tuple[Registering, httpx.Response]:
        one = registering(self.keyfob)
        page = one.signed_in(user_name)
        assert heading(page) == "Remove a device first"
        return one, page

    def removal(self, page: httpx.Response, device: str = "") -> dict[str, str]:
        """The whole form, as the person would send it."""
        form = {"state": form_state(page), "do": "remove", "device": device or self.own.client_id}
        return form | {"confirm": "1", "password": PASSWORD}


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Full]:
    limits = RegistrationPolicy(templatized=False, max_instances_per_owner=1, max_new_per_day=0)
    policy = replace(demo_policy(BASE), registration=limits)
    with running_keyfob(tmp_path_factory.mktemp("full"), policy=policy) as keyfob:
        add_account(keyfob, OTHER)
        own = keyfob.new_instance(instance_name="Anna's phone")
        other = registering(keyfob)
        document = keyfob.register(other.initial_token(other.signed_in(OTHER))).json()
        yield Full(keyfob, own, Instance(document["client_id"], document["client_secret"], document))


def refused(answer: httpx.Response) -> None:
    assert (answer.status_code, "location" in answer.headers) == (403, False)
    assert "This page is out of date" in answer.text


def said(page: httpx.Response) -> str:
    """The page without the state, which is another each time."""
    return re.sub(r'name="state" value="[^"]+"', "", page.text)


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
def test_h1_a_removal_on_the_way_that_another_site_posts_is_refused(full: Full, headers: dict[str, str]) -> None:
    one, page = full.asked()
    before = records(full.keyfob.database)
    refused(one.browser.post(NO_ROOM, full.removal(page), **headers))
    assert records(full.keyfob.database) == before


def test_h1_a_removal_on_the_way_without_a_state_of_this_page_and_browser_is_refused(full: Full) -> None:
    (one, page), (_, theirs) = full.asked(), full.asked()
    good = full.removal(page)
    devices = signed_in(full.keyfob)
    of_devices = form_for(devices.get(DEVICES), "remove", full.own.client_id)["state"]
    sign_in = form_state(registering(full.keyfob, one.browser).begin())
    before = records(full.keyfob.database)
    for state in ("", "x", "A" * 400, "1.1.20000.AAAA.AAAA", form_state(theirs), of_devices, sign_in):
        refused(one.browser.post(NO_ROOM, good | {"state": state}))
    refused(one.browser.post(NO_ROOM, {name: value for name, value in good.items() if name != "state"}))
    refused(one.browser.post(f"{NO_ROOM}?state={good['state']}", {"do": "remove"}))
    refused(devices.post(DEVICES, good))
    assert records(full.keyfob.database) == before


def test_h1_a_state_from_before_another_sign_in_removes_nothing(full: Full) -> None:
    one, page = full.asked()
    one.signed_in()
    answer = one.browser.post(NO_ROOM, full.removal(page))
    assert (answer.status_code, "This page is out of date" in answer.text) == (400, True)
    assert status_of(full.keyfob, full.own) == "active"


def test_h1_who_signed_out_meanwhile_removes_nothing(full: Full) -> None:
    one, page = full.asked()
    one.browser.cookies = {name: value for name, value in one.browser.cookies.items() if not name.endswith("session")}
    answer = one.browser.post(NO_ROOM, full.removal(page))
    assert (answer.status_code, "This page is out of date" in answer.text) == (400, True)
    assert status_of(full.keyfob, full.own) == "active"


def test_g1_another_persons_device_on_the_way_answers_as_one_that_is_not_there(full: Full) -> None:
    one, page = full.asked()
    before = records(full.keyfob.database)
    answers = [
        one.browser.post(NO_ROOM, full.removal(page, device))
        for device in (full.foreign.client_id, "0190-no-such-device", "x" * 5000)
    ]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert "There was nothing to change. Perhaps the device was removed in the meantime." in answers[0].text
    assert said(answers[0]) == said(answers[1]) == said(answers[2])
    assert offered(answers[0]) == [full.own.client_id]
    assert records(full.keyfob.database) == before
    assert status_of(full.keyfob, full.foreign) == "active"


def test_g1_a_password_is_taken_of_the_person_who_is_signed_in_alone(full: Full) -> None:
    one, page = full.asked()
    answer = one.browser.post(NO_ROOM, full.removal(page) | {"username": OTHER, "password": "Password2"})
    assert "That password is not right" in answer.text
    assert status_of(full.keyfob, full.own) == "active"


def test_j11_the_page_on_the_way_tells_nothing_of_other_peoples_devices(full: Full) -> None:
    _, page = full.asked(OTHER)
    assert offered(page) == [full.foreign.client_id]
    assert "Anna" not in page.text


def test_h6_a_right_password_on_the_way_after_many_wrong_ones_has_to_wait(full: Full) -> None:
    one = registering(at(full.keyfob, "198.51.100.67"))
    page = one.signed_in()
    one.browser.cookies = {name: value for name, value in one.browser.cookies.items() if not name.endswith("device")}
    for number in range(10):
        assert one.remove(page, full.own.client_id, f"Wrong{number}").status_code == 200
    late = one.remove(page, full.own.client_id)
    assert "That password is not right, or it was tried too often" in late.text
    assert status_of(full.keyfob, full.own) == "active"


def test_f13_names_of_devices_are_shown_as_the_text_that_they_are(tmp_path_factory: pytest.TempPathFactory) -> None:
    limits = RegistrationPolicy(templatized=False, max_instances_per_owner=1, max_new_per_day=0)
    name = "<script>alert(1)</script>\"'&\u202e{{ 7 * 7 }}"
    with running_keyfob(
        tmp_path_factory.mktemp("f13"), policy=replace(demo_policy(BASE), registration=limits)
    ) as keyfob:
        instance = keyfob.new_instance(instance_name=name, client_name=name, instance_platform="<b>x</b>")
        one = registering(keyfob)
        page = one.signed_in()
        asked = one.browser.submit(page, do="remove", device=instance.client_id)
    assert heading(asked) == "Remove the device below?"
    for shown in (page, asked):
        assert "<script>" not in shown.text
        assert "\u202e" not in shown.text
        assert shown.text.count("&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;{{ 7 * 7 }}") == 2
    assert "<b>x</b>" not in page.text
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
