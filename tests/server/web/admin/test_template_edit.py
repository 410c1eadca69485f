"""A template is edited as a text: first what would change is shown, then it is changed."""

import html
import re

import httpx
import pytest

from support_admin import AdminBrowser, an_administrator
from support_app import Keyfob
from support_sql import rows

PATH = "/admin/template-edit"
TEXT = """[[template]]
id = "{}"
client_name = "Shop"
application_type = "native"
redirect_uris = ["com.example.shop:/callback"]
scope = "openid profile"
"""
NUMBERS = iter(range(1000))


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


def text_of(page: httpx.Response) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", page.text, re.DOTALL)
    assert found, page.text
    return html.unescape(found[1])


def errors_of(page: httpx.Response) -> list[str]:
    assert page.status_code == 422
    return [html.unescape(one) for one in re.findall(r"<li><bdi>(.*?)</bdi></li>", page.text)]


def preview(browser: AdminBrowser, text: str, template_id: str = "") -> httpx.Response:
    page = browser.get(f"{PATH}?id={template_id}" if template_id else PATH)
    return browser.submit(page, text=text.replace("\n", "\r\n"), preview="1")


def make(browser: AdminBrowser) -> str:
    template_id = f"shop-{next(NUMBERS)}"
    done = browser.submit(preview(browser, TEXT.format(template_id)), apply="1", reason="a new app")
    assert done.status_code == 303, done.text
    return template_id


def stored(keyfob: Keyfob, template_id: str) -> list[tuple[object, ...]]:
    text = "select version, changed_by, reason from client_template_versions where template_id = ? order by 1"
    return list(rows(keyfob.database, text, template_id))


def test_a_new_template_is_shown_before_it_is_made(keyfob: Keyfob, browser: AdminBrowser) -> None:
    page = preview(browser, TEXT.format("fresh"))
    assert (page.status_code, "com.example.shop:/callback" in page.text, "<textarea" in page.text) == (200, True, False)
    assert stored(keyfob, "fresh") == []
    done = browser.submit(page, apply="1", reason="a new app")
    assert "Saved as a new version" in browser.get(done.headers["location"]).text
    assert stored(keyfob, "fresh") == [(1, "admin page: admin", "a new app")]


def test_the_text_of_a_template_is_what_can_be_applied_again(browser: AdminBrowser) -> None:
    template_id = make(browser)
    text = text_of(browser.get(f"{PATH}?id={template_id}"))
    assert errors_of(preview(browser, text, template_id)) == ["It says so already: nothing would change."]


def test_a_change_that_takes_something_away_says_that_people_must_sign_in_again(
    keyfob: Keyfob, browser: AdminBrowser
) -> None:
    template_id = make(browser)
    page = preview(browser, TEXT.format(template_id).replace("openid profile", "openid"), template_id)
    assert ("openid profile" in page.text, "must sign in again" in page.text) == (True, True)
    assert browser.submit(page, apply="1", reason="less").status_code == 303
    assert [row[0] for row in stored(keyfob, template_id)] == [1, 2]


def test_from_what_would_change_one_goes_back_to_the_text(browser: AdminBrowser) -> None:
    template_id = make(browser)
    text = TEXT.format(template_id).replace("Shop", "Shop <2>")
    again = browser.submit(preview(browser, text, template_id), edit="1")
    assert (again.status_code, text_of(again)) == (200, text)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("scope =", "scopes ="), "line:6: scopes: is no member of a template"),
        (('"openid profile"', '"openid profile'), "is not TOML"),
        (('"openid profile"', '"dcr"'), "dcr is not for instances"),
        (("com.example.shop:/callback", "javascript:alert(1)"), "redirect_uris: the URI has the scheme javascript"),
        (("[[template]]", "[[client]]"), "one [[template]], and nothing else"),
        (("[[template]]\n", "[registration]\nenabled = false\n[[template]]\n"), "one [[template]], and nothing else"),
        (('id = "', 'secret_env = "HOME"\nid = "'), "secret_env"),
        (('id = "', 'id = "other-'), "a template keeps it"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_with_its_line_and_changes_nothing(
    keyfob: Keyfob, browser: AdminBrowser, change: tuple[str, str], part: str
) -> None:
    template_id = make(browser)
    page = preview(browser, TEXT.format(template_id).replace(*change), template_id)
    assert [one for one in errors_of(page) if part in one], page.text
    assert len(stored(keyfob, template_id)) == 1


def test_a_way_to_sign_in_that_there_is_not_is_refused(keyfob: Keyfob, browser: AdminBrowser) -> None:
    sentence = (
        "allowed_authenticators: Passkey is none of Username-Password, "
        "urn:se:curity:authentication:html-form:Username-Password."
    )
    template_id = make(browser)
    shown = preview(browser, TEXT.format(template_id).replace("Shop", "Shop 2"), template_id)
    locked = TEXT.format(template_id) + 'allowed_authenticators = ["Passkey"]\n'
    assert errors_of(preview(browser, locked, template_id)) == [sentence]
    assert errors_of(browser.submit(shown, text=locked, apply="1", reason="a try")) == [sentence]
    assert len(stored(keyfob, template_id)) == 1


def test_of_two_who_edit_the_second_changes_nothing(keyfob: Keyfob, browser: AdminBrowser) -> None:
    template_id = make(browser)
    late = browser.get(f"{PATH}?id={template_id}")
    shown = preview(browser, TEXT.format(template_id).replace("Shop", "Shop 2"), template_id)
    first = preview(browser, TEXT.format(template_id).replace("Shop", "Shop 3"), template_id)
    assert browser.submit(first, apply="1", reason="first").status_code == 303
    assert browser.submit(shown, apply="1", reason="second").status_code == 409
    assert browser.submit(late, text=TEXT.format(template_id), preview="1").status_code == 409
    assert preview(browser, TEXT.format(template_id).replace("Shop", "Shop 4")).status_code == 409
    assert len(stored(keyfob, template_id)) == 2


def test_without_a_reason_nothing_is_changed(keyfob: Keyfob, browser: AdminBrowser) -> None:
    template_id = make(browser)
    page = preview(browser, TEXT.format(template_id).replace("Shop", "Shop 2"), template_id)
    assert errors_of(browser.submit(page, apply="1", reason=" ")) == ["Say why: the reason is kept with the version."]
    assert len(stored(keyfob, template_id)) == 1


def test_what_is_no_template_is_404(browser: AdminBrowser) -> None:
    assert browser.get(f"{PATH}?id=nobody").status_code == 404
