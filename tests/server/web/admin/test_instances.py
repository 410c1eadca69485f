"""Registered clients, as an administrator finds them, reads of them and switches them off and on."""

import asyncio
import base64
import json
import re
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from keyfob_server.web.admin.instances import PAGE
from support_admin import AdminBrowser, an_administrator, form_token, forms_of
from support_app import Instance, Keyfob
from support_sql import rows, set_status
from support_stored_records import an_instance


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


def listed(page: httpx.Response) -> list[str]:
    assert page.status_code == 200
    return re.findall(r'<input type="checkbox" name="id" value="([^"]+)"', page.text)


def search(browser: AdminBrowser, **asked: str) -> list[str]:
    return listed(browser.get(f"/admin/instances?{httpx.QueryParams(asked)}"))


def change(browser: AdminBrowser, act: str, *instances: Instance, reason: str = "a try") -> httpx.Response:
    query = httpx.QueryParams([("act", act), *(("id", one.client_id) for one in instances)])
    return browser.submit(browser.get(f"/admin/instances/change?{query}"), reason=reason)


def test_an_instance_is_found_by_its_owner_its_id_its_names_and_its_status(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    instance = keyfob.new_instance(client_name="Zebra Bank", instance_name="Zoe's tablet")
    only = [instance.client_id]
    assert search(browser, by="name", text="zebra") == only
    assert search(browser, by="name", text="zoe's") == only
    assert search(browser, by="client_id", text=instance.client_id) == only
    assert instance.client_id in search(browser, by="user", text="demou")
    assert instance.client_id in search(browser, status="active")
    assert search(browser, by="name", text="zebra", status="revoked") == []
    assert search(browser, by="user", text="nobody") == []


@pytest.mark.parametrize("asked", [{"by": "x' or 1=1"}, {"before": "'"}, {"status": "%"}, {"text": "x" * 5000}])
def test_an_odd_search_is_a_page_all_the_same(browser: AdminBrowser, asked: dict[str, str]) -> None:
    assert browser.get(f"/admin/instances?{httpx.QueryParams(asked)}").status_code == 200


def test_a_long_list_goes_on_from_page_to_page(keyfob: Keyfob, browser: AdminBrowser) -> None:
    installation = keyfob.installation
    made = [installation.services.entropy.uuid7() for _ in range(PAGE + 1)]
    for client_id in made:
        instance = an_instance(client_id)
        named = replace(instance, metadata=replace(instance.metadata, instance_name="many"))
        assert keyfob.run(installation.store.add_instance(named))
    first = browser.get("/admin/instances?by=name&text=many")
    assert listed(first) == made[:0:-1]
    older = re.search(r'<a class="button quiet" href="([^"]+)">Older</a>', first.text)
    assert older
    second = browser.get(older[1].replace("&amp;", "&"))
    assert listed(second) == made[:1]
    assert "Newest</a>" in second.text


def test_the_story_of_an_instance_says_who_what_and_since_when(keyfob: Keyfob, browser: AdminBrowser) -> None:
    instance = keyfob.new_instance(instance_name="Anna's phone", instance_platform="ios", software_version="1.2")
    page = browser.get(f"/admin/instances/{instance.client_id}")
    assert "Nobody has signed in through it yet" in page.text
    keyfob.tokens(instance)
    page = browser.get(f"/admin/instances/{instance.client_id}")
    for part in ("Anna&#39;s phone", "demouser", "ios", "1.2", "mobile-dcr-client", "io.curity.dcrclient:/callback"):
        assert part in page.text
    assert "In force" in page.text
    assert instance.client_secret not in page.text


def test_a_suspended_instance_comes_back_and_a_revoked_one_does_not(keyfob: Keyfob, browser: AdminBrowser) -> None:
    instance = keyfob.new_instance()
    tokens = keyfob.tokens(instance)
    done = change(browser, "suspend", instance, reason="lost on a train")
    assert "Suspended 1 instance" in done.text
    assert keyfob.userinfo(tokens.access_token).status_code == 401
    page = browser.get(f"/admin/instances/{instance.client_id}")
    assert "lost on a train" in page.text
    assert ("Reactivate</a>" in page.text, "Suspend</a>" in page.text) == (True, False)
    assert "Reactivated 1 instance" in change(browser, "reactivate", instance).text
    assert keyfob.userinfo(keyfob.tokens(instance).access_token).status_code == 200
    change(browser, "revoke", instance)
    page = browser.get(f"/admin/instances/{instance.client_id}")
    assert "off for good" in page.text
    assert change(browser, "reactivate", instance).status_code == 409
    history = [row[0] for row in audit(keyfob, instance)]
    assert history == ["instance.suspended", "instance.reactivated", "instance.revoked"]


def test_the_audit_says_which_administrator_it_was_and_why(keyfob: Keyfob, browser: AdminBrowser) -> None:
    instance = keyfob.new_instance()
    change(browser, "suspend", instance, reason="  a \t reason  ")
    assert audit(keyfob, instance) == [
        ("instance.suspended", "admin page: admin", "a reason", "127.0.0.1", "active", "inactive")
    ]


def test_the_receipt_is_signed_by_the_server_and_says_what_ended(keyfob: Keyfob, browser: AdminBrowser) -> None:
    instance = keyfob.new_instance()
    keyfob.tokens(instance)
    page = change(browser, "revoke", instance, reason="stolen")
    found = re.search(r'<code class="signed">([^<]+)</code>', page.text)
    assert found
    claims = keyfob.installation.services.signer.verify(found[1])
    if claims is None:
        padded = found[1].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(padded + "=" * (-len(padded) % 4)))
    assert (claims["client_id"], claims["client_status"], claims["grants"], claims["reason"]) == (
        instance.client_id,
        "revoked",
        1,
        "stolen",
    )


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\u202eb"])
def test_without_a_reason_nothing_is_changed_and_the_page_asks_again(
    keyfob: Keyfob, browser: AdminBrowser, reason: str
) -> None:
    instance = keyfob.new_instance()
    again = change(browser, "revoke", instance, reason=reason)
    assert (again.status_code, 'role="alert"' in again.text) == (422, True)
    assert forms_of(again)[0][0] == "/admin/instances/change"
    assert audit(keyfob, instance) == []


def test_several_are_changed_at_once_and_what_was_so_already_is_said(keyfob: Keyfob, browser: AdminBrowser) -> None:
    one, other = keyfob.new_instance(), keyfob.new_instance()
    set_status(keyfob.database, one.client_id, "inactive")
    page = change(browser, "suspend", one, other)
    assert "Suspended 1 instance" in page.text
    assert one.client_id in page.text.partition("It was so already")[2]
    assert "Nothing to change" in change(browser, "suspend", one, other).text


def test_of_several_of_which_one_is_off_for_good_none_is_changed(keyfob: Keyfob, browser: AdminBrowser) -> None:
    one, other = keyfob.new_instance(), keyfob.new_instance()
    set_status(keyfob.database, one.client_id, "revoked")
    refused = change(browser, "suspend", one, other)
    assert (refused.status_code, one.client_id in refused.text) == (409, True)
    assert audit(keyfob, other) == []


def test_what_was_done_is_shown_with_its_receipt_also_when_the_next_is_switched_off_for_good_at_this_moment(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    token = form_token(browser.get("/admin/instances"))
    pages: list[httpx.Response] = []
    for _ in range(20):
        one, other = keyfob.new_instance(), keyfob.new_instance()
        pages = together(
            browser,
            [
                ("form_token", token),
                ("act", "suspend"),
                ("reason", "r"),
                ("id", one.client_id),
                ("id", other.client_id),
            ],
            [("form_token", token), ("act", "revoke"), ("reason", "r"), ("id", other.client_id)],
        )
        if pages[0].status_code == 409 and audit(keyfob, one):
            break
    else:
        pytest.fail("they never met")
    assert "Suspended 1 instance" in pages[0].text
    assert f'Receipt for <a href="/admin/instances/{one.client_id}"' in pages[0].text
    assert other.client_id in pages[0].text.partition("switched off for good at this moment")[2]
    assert "Nothing" not in pages[0].text


def test_revoking_asks_for_a_recent_password_one_by_one_as_for_many(keyfob: Keyfob, browser: AdminBrowser) -> None:
    one, other = keyfob.new_instance(), keyfob.new_instance()
    page = browser.get(f"/admin/instances/change?act=revoke&id={one.client_id}")
    keyfob.clock.forward(6 * 60)
    refused = browser.submit(page, reason="a try")
    assert (refused.status_code, "Give your password again" in refused.text) == (403, True)
    assert audit(keyfob, one) == []
    assert browser.get(f"/admin/instances/change?act=revoke&id={one.client_id}", follow=False).status_code == 303
    assert change(browser, "suspend", other).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 422), ("act=suspend", 422), ("id=x", 422), ("act=delete&id=x", 422), ("act=suspend&id=x", 404)],
)
def test_nothing_chosen_or_nothing_there_is_told(browser: AdminBrowser, query: str, status: int) -> None:
    assert browser.get(f"/admin/instances/change?{query}").status_code == status


@pytest.mark.parametrize("client_id", ["x", "mobile-dcr-client", "keyfob-admin"])
def test_what_is_no_instance_has_no_story(browser: AdminBrowser, client_id: str) -> None:
    assert browser.get(f"/admin/instances/{client_id}").status_code == 404


def test_an_instance_whose_status_somebody_wrote_by_hand_is_shown_as_it_stands(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    instance = keyfob.new_instance()
    set_status(keyfob.database, instance.client_id, "on hold")
    assert "Suspended (on hold)" in browser.get(f"/admin/instances/{instance.client_id}").text


def together(browser: AdminBrowser, *forms: list[tuple[str, str]]) -> list[httpx.Response]:
    """Send all of these forms at once."""
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
    }

    async def send() -> list[httpx.Response]:
        bodies = [urlencode(form) for form in forms]
        asked = (browser._ask("POST", "/admin/instances/change", body, headers) for body in bodies)
        return await asyncio.gather(*asked)

    return browser.keyfob.run(send())


def audit(keyfob: Keyfob, instance: Instance) -> list[tuple[object, ...]]:
    text = "select event, actor, reason, origin, before, after from audit where subject_id = ? order by id"
    return list(rows(keyfob.database, text, instance.client_id))
