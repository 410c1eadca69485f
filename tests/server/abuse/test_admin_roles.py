"""Every admin page by every role: the table is the router's own, so a new page is tried from its first day."""

import re
from collections.abc import Iterator
from typing import Final, cast

import pytest
from starlette.responses import Response

from keyfob_server.rules.administrators import ROLES, Role
from keyfob_server.web.admin.routes import AdminRoute, check_routes
from keyfob_server.web.admin.visit import Visit
from keyfob_server.web.pages.assets import assets
from support_admin import AdminBrowser, add_account, admin_app_of, an_administrator, form_token
from support_app import AUTHORIZE, BASE, Instance, Keyfob, running_keyfob
from support_sql import change

OPEN: Final = {
    "/health/live",
    "/health/ready",
    "/admin/sign-in",
    "/admin/callback",
    *(asset.path for asset in assets().values()),
}
"""What nobody need be signed in for."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("house")) as keyfob:
        for role in ROLES:
            add_account(keyfob, f"a-{role}", role)
        add_account(keyfob, "a-nobody")
        add_account(keyfob, "a-made-up", "administrator", "root", "Owner")
        yield keyfob


@pytest.fixture(scope="module")
def instance(house: Keyfob) -> Instance:
    return house.new_instance()


def concrete(route: AdminRoute, instance: Instance) -> str:
    return route.path.replace("{client_id}", instance.client_id).replace("{user_name}", "demouser")


def send(browser: AdminBrowser, route: AdminRoute, path: str, token: str = "") -> int:
    if route.method == "GET":
        answer = browser.get(path, follow=False)
        sent_to_sign_in = answer.status_code == 303 and "/admin/sign-in" in answer.headers["location"]
        return 401 if sent_to_sign_in else answer.status_code
    return browser.post(path, {"form_token": token}).status_code


def test_j1_every_address_of_the_listener_is_in_the_table_with_a_role_or_among_the_few_that_are_open(
    house: Keyfob,
) -> None:
    app = admin_app_of(house)
    assert set(app.open) == OPEN
    served = {route.path for route in app.starlette.routes}  # type: ignore[attr-defined] # all of ours are Routes
    assert served == OPEN | {route.path for route in app.table}
    assert {route.minimum for route in app.table} <= set(ROLES)


@pytest.mark.parametrize("role", [None, "", "anyone", "administrator", "Owner"])
def test_j1_a_page_without_a_role_stops_the_start(role: str | None) -> None:
    async def handler(_visit: Visit) -> Response:
        return Response()

    with pytest.raises(ValueError, match="names no role"):
        check_routes([AdminRoute("/admin/new", "GET", handler, cast("Role", role))])


@pytest.mark.parametrize(("path", "part"), [("/other", "below /admin"), ("/administration", "below /admin")])
def test_j1_a_page_elsewhere_or_twice_stops_the_start(path: str, part: str) -> None:
    async def handler(_visit: Visit) -> Response:
        return Response()

    with pytest.raises(ValueError, match=part):
        check_routes([AdminRoute(path, "GET", handler, "owner")])
    page = AdminRoute("/admin/x", "GET", handler, "owner")
    with pytest.raises(ValueError, match="twice"):
        check_routes([page, page])


def test_j1_nobody_gets_a_page_without_signing_in(house: Keyfob, instance: Instance) -> None:
    app = admin_app_of(house)
    for route in app.table:
        status = send(AdminBrowser(house, app), route, concrete(route, instance))
        assert (route.path, status) == (route.path, 401 if route.method == "GET" else 403)


@pytest.mark.parametrize("user_name", ["a-nobody", "a-made-up", "demouser"])
def test_j1_an_account_without_a_role_gets_a_page_that_says_so_and_no_session(house: Keyfob, user_name: str) -> None:
    browser = AdminBrowser(house, admin_app_of(house))
    page = browser.sign_in(user_name)
    assert page.status_code == 403
    assert "Your account has no administrator&#39;s role" in page.text
    assert "keyfob-admin" not in browser.cookies
    assert browser.get("/admin", follow=False).status_code == 303


@pytest.mark.parametrize("role", ROLES)
def test_j1_each_role_gets_its_pages_and_no_others(house: Keyfob, instance: Instance, role: Role) -> None:
    browser = an_administrator(house, f"a-{role}")
    token = form_token(browser.get("/admin/instances"))
    seen = {}
    for route in sorted(browser.app.table, key=lambda one: one.path == "/admin/sign-out"):
        seen[route.method, route.path] = send(browser, route, concrete(route, instance), token)
    enough = {
        (route.method, route.path): ROLES.index(role) >= ROLES.index(route.minimum) for route in browser.app.table
    }
    assert {key for key, status in seen.items() if status in {401, 403}} == {
        key for key, may in enough.items() if not may
    }
    assert max(seen.values()) < 500


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_k7_no_admin_page_takes_another_method_and_each_says_which_it_takes(
    house: Keyfob, instance: Instance, method: str
) -> None:
    browser = an_administrator(house, "a-owner")
    for route in browser.app.table:
        answer = browser.send(method, concrete(route, instance))
        served = {other.method for other in browser.app.table if other.path == route.path}
        assert (route.path, answer.status_code) == (route.path, 405)
        allowed = {name.strip() for name in answer.headers["allow"].split(",")}
        assert allowed == served | ({"HEAD"} if "GET" in served else set())


def test_j1_a_role_that_was_taken_away_is_gone_at_the_next_request(house: Keyfob) -> None:
    add_account(house, "a-demoted", "operator")
    browser = an_administrator(house, "a-demoted")
    assert browser.get("/admin/accounts").status_code == 200
    _set_roles(house, "a-demoted", "support")
    assert browser.get("/admin/accounts").status_code == 403
    assert browser.get("/admin/instances").status_code == 200
    _set_roles(house, "a-demoted", "")
    assert browser.get("/admin/instances").status_code == 403


def test_j1_a_disabled_administrator_is_out_at_the_next_request(house: Keyfob) -> None:
    add_account(house, "a-fired", "operator")
    browser = an_administrator(house, "a-fired")
    house.run(house.installation.store.set_account_status("a-fired", "inactive"))
    assert browser.get("/admin/instances", follow=False).status_code == 303


def test_j11_no_number_of_people_or_instances_is_told_to_those_who_are_no_administrators(house: Keyfob) -> None:
    browser = AdminBrowser(house, admin_app_of(house))
    for path in ("/admin", "/admin/instances", "/admin/accounts", "/health/live", "/health/ready", "/metrics"):
        answer = browser.get(path, follow=False)
        said = re.sub(r"<[^>]+>", "", answer.text.partition("<main")[2].partition("</main>")[0])
        assert not any(character.isdecimal() for character in said), path
    public = house.request("GET", "/admin/instances")
    assert public.status_code == 404


def test_j1_an_admin_session_opens_nothing_on_the_public_pages_and_the_reverse(house: Keyfob) -> None:
    browser = an_administrator(house, "a-owner")
    admin_cookie, public_cookie = browser.cookies["keyfob-admin"], browser.cookies["keyfob-session"]
    swapped = AdminBrowser(house, browser.app, {"keyfob-admin": public_cookie})
    assert swapped.get("/admin/instances", follow=False).status_code == 303
    asked = swapped.get("/admin", follow=False).headers["location"]
    request = swapped.get(asked, follow=False).headers["location"]
    assert request.startswith(BASE + AUTHORIZE)
    other = AdminBrowser(house, browser.app, {"keyfob-session": admin_cookie})
    assert 'name="password"' in other.get(request).text


def _set_roles(house: Keyfob, user_name: str, roles: str) -> None:

    change(house.database, "update accounts set roles = ? where user_name = ?", roles, user_name)
