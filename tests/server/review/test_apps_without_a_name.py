"""An app that brought no `client_name` is shown by what a person may know, and else as one that has no name."""

import pytest

from support_app import Instance, Keyfob, Pkce
from support_devices import cards, signed_in
from support_templated_app import put, templated
from support_templates import APP, template


def named(keyfob: Keyfob, kind: str) -> Instance:
    match kind:
        case "template":
            put(keyfob, template(names={}))
            return templated(keyfob).instance
        case "software_id":
            return keyfob.new_instance(software_id="acme-wallet")
        case _:
            return keyfob.new_instance()


SHOWN = [("template", APP), ("software_id", "acme-wallet"), ("nothing", "n app without a name")]


@pytest.mark.parametrize(("kind", "name"), SHOWN)
def test_the_sign_in_page_names_the_app(keyfob: Keyfob, kind: str, name: str) -> None:
    instance = named(keyfob, kind)
    page = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id)
    assert f"{name}</bdi>" in page.text
    assert "the app</bdi>" not in page.text


@pytest.mark.parametrize(("kind", "name"), SHOWN)
def test_the_page_that_asks_for_agreement_names_the_app(keyfob: Keyfob, kind: str, name: str) -> None:
    instance, browser = named(keyfob, kind), keyfob.browser()
    asked = keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="consent")
    page = browser.sign_in(asked)
    assert page.text.count(f"{name}</bdi>") == 2
    assert "the app</bdi>" not in page.text


@pytest.mark.parametrize(("kind", "name"), [*SHOWN[:2], ("nothing", "A device without a name")])
def test_the_page_of_devices_names_the_app(keyfob: Keyfob, kind: str, name: str) -> None:
    instance = named(keyfob, kind)
    assert name in cards(signed_in(keyfob).get("/devices"))[instance.client_id]
