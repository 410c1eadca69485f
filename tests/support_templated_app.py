"""An app whose registrations are made of a template, against the server in this process."""

import httpx

from keyfob_server.endpoints.templates import TemplateApplied, apply_template, disable_template, enable_template
from keyfob_server.rules.template_changes import TemplateDefinition
from support_app import REGISTER, Browser, Instance, Keyfob, bearer
from support_management import Managed
from support_templates import ACT, APP, TEMPLATE, tools_of


def put(keyfob: Keyfob, definition: TemplateDefinition = TEMPLATE) -> None:
    """The template is so from now on, and active."""
    store = keyfob.installation.store
    keyfob.run(apply_template(tools_of(store), definition, act=ACT))
    keyfob.run(enable_template(store.templates, definition.id, act=ACT))


def disable(keyfob: Keyfob) -> None:
    keyfob.run(disable_template(keyfob.installation.store.templates, APP, act=ACT))


def changed(keyfob: Keyfob, definition: TemplateDefinition) -> TemplateApplied:
    done = keyfob.run(apply_template(tools_of(keyfob.installation.store), definition, act=ACT))
    assert isinstance(done, TemplateApplied), done
    return done


def ask(keyfob: Keyfob, token: str | None = None, **own: object) -> httpx.Response:
    """Register as the seed's second request does."""
    body = {"software_id": APP, **own}
    return keyfob.request("POST", REGISTER, json=body, headers=bearer(token or keyfob.initial_token()))


def templated(keyfob: Keyfob, browser: Browser | None = None, **own: object) -> Managed:
    """A new instance of the template."""
    answer = ask(keyfob, keyfob.initial_token(browser), **own)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    instance = Instance(document["client_id"], document.get("client_secret", ""), document)
    return Managed(keyfob, instance, document["registration_access_token"])
