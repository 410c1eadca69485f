"""What a person does at the pages of a running server."""

import re

from playwright.sync_api import Page, expect

from support_remote_app import Landing


def heading_is(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def sign_in(page: Page, user_name: str = "demouser", password: str = "Password1") -> None:
    page.get_by_label("User name").fill(user_name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name=re.compile("^Sign in")).click()


def landed(page: Page, landing: Landing) -> dict[str, str]:
    """The parameters that the browser brought back to the app, just once."""
    heading_is(page, "Back in the app")
    assert len(landing.queries) == 1
    return landing.queries.pop()
