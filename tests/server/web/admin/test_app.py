"""What the log tells of requests to the admin pages."""

import json
import logging

import pytest

from support_admin import AdminBrowser, an_administrator
from support_app import Keyfob


def requests(caplog: pytest.LogCaptureFixture) -> list[tuple[object, ...]]:
    facts = [vars(record).get("facts", {}) for record in caplog.records if record.getMessage() == "admin.request"]
    return [(fact["method"], fact["path"], fact["status"]) for fact in facts]


def ours(caplog: pytest.LogCaptureFixture) -> str:
    """Every line of the server's own loggers; the test's own client tells more."""
    lines = [vars(record) for record in caplog.records if record.name.startswith("keyfob")]
    return json.dumps(lines, default=str)


def test_each_request_is_a_line_without_ids_names_or_what_was_searched_for(
    keyfob: Keyfob, caplog: pytest.LogCaptureFixture
) -> None:
    browser, instance = an_administrator(keyfob), keyfob.new_instance()
    with caplog.at_level(logging.DEBUG):
        answers = [
            browser.get("/admin/instances?by=name&text=hunter2"),
            browser.get(f"/admin/instances/{instance.client_id}"),
            browser.get("/admin/accounts/demouser"),
            browser.get("/admin/made-up-by-somebody"),
            browser.post("/admin/account-changes", {}),
            browser.get("/health/live"),
        ]
    assert requests(caplog) == [
        ("GET", "/admin/instances", 200),
        ("GET", "/admin/instances/{client_id}", 200),
        ("GET", "/admin/accounts/{user_name}", 200),
        ("GET", "(other)", 404),
        ("POST", "/admin/account-changes", 403),
    ]
    said = ours(caplog)
    assert not [text for text in ("hunter2", instance.client_id, "made-up-by") if text in said]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)


def test_no_cookie_token_or_code_of_a_sign_in_is_in_the_log(keyfob: Keyfob, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        browser: AdminBrowser = an_administrator(keyfob)
        page = browser.get("/admin/instances")
    said = ours(caplog)
    assert "admin.signed_in" in said
    secrets = [*browser.cookies.values(), page.text.partition('name="form_token" value="')[2][:64], "Password1"]
    assert not [one for one in secrets if one in said]
