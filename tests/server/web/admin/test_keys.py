"""Signing keys and the audit at the admin pages."""

import re

import pytest

from keyfob_server.rules.acts import Act
from support_admin import AdminBrowser, add_account, an_administrator
from support_app import Keyfob
from support_keys import look_again, published_keys
from support_sql import rows


def test_a_new_key_is_published_now_and_signs_later(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    before = set(published_keys(keyfob))
    page = browser.get("/admin/key-changes?alg=ES256")
    assert "86400 seconds (1 day)" in page.text
    done = browser.get(browser.submit(page, reason="the yearly one").headers["location"])
    look_again(keyfob)
    (fresh,) = set(published_keys(keyfob)) - before
    assert (fresh in done.text, "Waits" in done.text) == (True, True)
    (told,) = rows(keyfob.database, "select actor, reason, after from audit where subject_id = ?", fresh)
    assert told == ("admin page: admin", "the yearly one", "ES256")
    keyfob.clock.forward(86401)
    again = an_administrator(keyfob).get("/admin/keys")
    row = next(line for line in again.text.split("<tr") if fresh in line)
    assert "Signs<" in row


def test_j8_a_new_key_needs_the_password_again(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    page = browser.get("/admin/key-changes?alg=ES256")
    keyfob.clock.forward(301)
    before = rows(keyfob.database, "select count(*) from signing_keys")
    assert browser.submit(page, reason="a try").status_code == 403
    assert 'name="password"' in browser.get("/admin/key-changes?alg=ES256").text
    assert rows(keyfob.database, "select count(*) from signing_keys") == before


@pytest.mark.parametrize(("alg", "reason"), [("HS256", "a try"), ("", "a try"), ("ES256", ""), ("ES256", "x" * 501)])
def test_without_a_reason_or_an_algorithm_there_is_no_key(keyfob: Keyfob, alg: str, reason: str) -> None:
    browser = an_administrator(keyfob)
    page = browser.get("/admin/key-changes?alg=ES256")
    before = rows(keyfob.database, "select count(*) from signing_keys")
    assert browser.submit(page, alg=alg, reason=reason).status_code == 422
    assert rows(keyfob.database, "select count(*) from signing_keys") == before


def test_without_the_key_file_the_page_says_why_there_is_no_key(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    page = browser.get("/admin/key-changes?alg=ES256")
    file = keyfob.installation.settings.key_file
    aside = file.rename(file.with_name("aside"))
    try:
        refused = browser.submit(page, reason="a try")
    finally:
        aside.rename(file)
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)


def test_the_audit_is_listed_newest_first_and_goes_on(keyfob: Keyfob) -> None:
    browser = an_administrator(keyfob)
    store = keyfob.installation.store
    for number in range(120):
        keyfob.run(store.stored_settings.put(f"made-up-{number:03}", "x", seen="", act=Act("a test")))
    first = browser.get("/admin/audit")
    listed = re.findall(r"setting made-up-(\d+)", first.text)
    assert listed[:3] == ["119", "118", "117"]
    assert len(listed) == 100
    second = browser.get(_older(first.text))
    assert re.findall(r"setting made-up-(\d+)", second.text)[:2] == ["019", "018"]


def test_support_sees_no_audit_and_no_keys(keyfob: Keyfob) -> None:
    add_account(keyfob, "helper", "support")
    browser: AdminBrowser = an_administrator(keyfob, "helper")
    assert [browser.get(path).status_code for path in ("/admin/audit", "/admin/keys")] == [403, 403]
    assert "/admin/keys" not in browser.get("/admin/instances").text


def _older(text: str) -> str:
    found = re.search(r'href="(/admin/audit\?[^"]+)"', text)
    assert found
    return found[1].replace("&amp;", "&")
