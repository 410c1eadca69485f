"""A person who is asked for consent, and what they see and take back of it at the page of apps."""

import re
from typing import Final

import httpx

from support_app import BASE, Browser, Instance, Keyfob, Pkce, answer_of, path_of
from support_devices import SIGNED_IN

APPS: Final = "/devices/apps"
QUESTION: Final = "Allow this app?"


def asked(keyfob: Keyfob, browser: Browser, app: Instance, **changes: str) -> httpx.Response:
    """What a request leads to, behind the password if that is asked for."""
    answer = keyfob.authorize(browser, Pkce(), client_id=app.client_id, **changes)
    return browser.sign_in(answer) if 'name="password"' in answer.text else answer


def allowed(keyfob: Keyfob, app: Instance, **changes: str) -> Browser:
    """The owner's browser, after they allowed a request."""
    browser = keyfob.browser()
    question = asked(keyfob, browser, app, **changes)
    assert QUESTION in question.text
    assert "code" in answer_of(browser.submit(question, allow="1"))
    return browser


def asks(keyfob: Keyfob, browser: Browser, app: Instance, **changes: str) -> bool:
    answer = asked(keyfob, browser, app, **changes)
    if answer.status_code == 303:
        assert "code" in answer_of(answer)
        return False
    assert QUESTION in answer.text
    return True


def at_the_apps(keyfob: Keyfob, user_name: str = "demouser") -> Browser:
    """Somebody who came to the page, signed in, and is there now."""
    browser = keyfob.browser()
    page = browser.get(path_of(browser.get(APPS).headers["location"]))
    back = browser.sign_in(page, user_name)
    assert back.headers["location"].startswith(f"{BASE}{SIGNED_IN}?")
    done = browser.get(path_of(back.headers["location"]))
    assert done.headers["location"] == f"{BASE}{APPS}"
    return browser


def agreed(page: httpx.Response) -> dict[str, str]:
    """The text of each card by its client id."""
    assert page.status_code in {200, 404}
    found = {}
    for card in re.findall(r'<li class="device">.*?</form>\s*</li>', page.text, re.DOTALL):
        (client,) = re.findall(r'name="client" value="([^"]+)"', card)
        found[client] = " ".join(re.sub(r"<[^>]+>", " ", card).split())
    return found


def withdrawal(page: httpx.Response, client_id: str) -> dict[str, str]:
    """The fields of the form of one card."""
    forms = re.findall(r'<form method="post" action="/devices/apps">(.*?)</form>', page.text, re.DOTALL)
    read = [dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)) for form in forms]
    (form,) = [one for one in read if one["client"] == client_id]
    return form
