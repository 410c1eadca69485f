"""What a person does at the page of devices."""

import re

import httpx

from support_app import BASE, Browser, Instance, Keyfob, path_of
from support_sql import change, rows

DEVICES = "/devices"
SIGNED_IN = f"{DEVICES}/signed-in"
PASSWORD = "Password1"


def signed_in(keyfob: Keyfob, user_name: str = "demouser", browser: Browser | None = None) -> Browser:
    browser = browser or keyfob.browser()
    asked = browser.get(DEVICES)
    assert asked.status_code == 303
    page = browser.get(path_of(asked.headers["location"]))
    back = browser.sign_in(page, user_name)
    assert back.headers["location"].startswith(f"{BASE}{SIGNED_IN}?")
    done = browser.get(path_of(back.headers["location"]))
    assert done.headers["location"] == f"{BASE}{DEVICES}"
    return browser


def forms(page: httpx.Response) -> list[dict[str, str]]:
    """The hidden fields of each form of the page."""
    found = re.findall(r'<form method="post" action="/devices">(.*?)</form>', page.text, re.DOTALL)
    return [dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)) for form in found]


def form_for(page: httpx.Response, do: str, device: str = "") -> dict[str, str]:
    (form,) = [form for form in forms(page) if form["do"] == do and form.get("device", "") == device]
    return form


def remove(browser: Browser, device: str, password: str = PASSWORD) -> httpx.Response:
    asked = browser.post(DEVICES, form_for(browser.get(DEVICES), "remove", device))
    assert asked.status_code == 200
    return browser.post(DEVICES, form_for(asked, "remove", device) | {"password": password})


def status_of(keyfob: Keyfob, instance: Instance) -> object:
    text = "select status from dynamically_registered_clients where client_id = ?"
    return rows(keyfob.database, text, instance.client_id)[0][0]


def cards(page: httpx.Response) -> dict[str, str]:
    """The text of each card by its client id; of removed ones by their title."""
    found: dict[str, str] = {}
    for card in re.findall(r'<li class="device.*?</li>', page.text, re.DOTALL):
        device = re.search(r'name="device" value="([^"]+)"', card)
        text = " ".join(re.sub(r"<[^>]+>", " ", card).split())
        found[device[1] if device else text.partition(" Added")[0]] = text
    return found


def add_copies(keyfob: Keyfob, instance: Instance, count: int) -> None:
    """Rows as that of the instance, older by their ids."""
    columns = [str(row[1]) for row in rows(keyfob.database, "pragma table_info(dynamically_registered_clients)")][1:]
    copy = """insert into dynamically_registered_clients
        select ?, {rest} from dynamically_registered_clients where client_id = ?"""
    for number in range(count):
        new_id = f"{number:03}{instance.client_id[3:]}"
        assert change(keyfob.database, copy.format(rest=", ".join(columns)), new_id, instance.client_id) == 1
