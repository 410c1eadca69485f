"""Static clients, as an operator looks at them."""

import pytest

from support_admin import AdminBrowser, an_administrator
from support_app import REGISTRATION_CLIENT, Keyfob
from support_sql import value


@pytest.fixture
def browser(keyfob: Keyfob) -> AdminBrowser:
    return an_administrator(keyfob)


def test_static_clients_are_listed_with_what_they_are_for(browser: AdminBrowser) -> None:
    page = browser.get("/admin/clients")
    assert (page.status_code, "apps register through it" in page.text) == (200, True)
    for client_id in (REGISTRATION_CLIENT, "keyfob-admin"):
        assert f"/admin/client?id={client_id}" in page.text


def test_one_is_shown_without_anything_of_its_secret(keyfob: Keyfob, browser: AdminBrowser) -> None:
    page = browser.get("/admin/client?id=dcr-issuer")
    assert (page.status_code, "It has a secret" in page.text) == (200, True)
    stored = str(value(keyfob.database, "select client_secret from clients where client_id = 'dcr-issuer'"))
    assert stored
    assert stored not in page.text
    assert "client_credentials" in page.text
    assert "client.changed" in page.text or "client.added" in page.text


@pytest.mark.parametrize("query", ["", "id=nobody", "id=%25"])
def test_what_is_no_static_client_is_404(browser: AdminBrowser, query: str) -> None:
    assert browser.get(f"/admin/client?{query}").status_code == 404


def test_an_instance_is_no_static_client(keyfob: Keyfob, browser: AdminBrowser) -> None:
    assert browser.get(f"/admin/client?id={keyfob.new_instance().client_id}").status_code == 404
