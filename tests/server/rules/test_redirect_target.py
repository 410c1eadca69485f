"""Errors travel to an https URI before anybody signed in where an operator listed it, and to no other."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client
from keyfob_server.rules.redirect_target import resolve_redirect
from keyfob_server.rules.templates import MISSING, TemplateLink
from support_records import CLIENT, POLICY

WEB = "https://app.example/cb"
OWN = replace(CLIENT, metadata=replace(CLIENT.metadata, redirect_uris=(WEB,)), template=None)
TEMPLATED = replace(OWN, template=TemplateLink(ClientId("template"), "active", 1))


@pytest.mark.parametrize(
    ("client", "opened"),
    [
        (OWN, False),
        (TEMPLATED, True),
        (replace(TEMPLATED, template=TemplateLink(ClientId("template"), "inactive", 2)), True),
        (replace(TEMPLATED, status="revoked"), True),
        (replace(TEMPLATED, settings=ClientSettings(overridable=("scope",))), True),
        (replace(TEMPLATED, settings=ClientSettings(overridable=("scope", "redirect_uris"))), False),
        (replace(TEMPLATED, template=TemplateLink(ClientId("template"), MISSING, 0)), False),
        (replace(TEMPLATED, status="deleted"), False),
        (replace(TEMPLATED, status="expired"), False),
    ],
)
def test_an_instances_https_uri_is_open_before_sign_in_when_it_is_its_templates(
    client: Client, *, opened: bool
) -> None:
    target = resolve_redirect(client, WEB, POLICY)
    assert target is not None
    assert target.open_before_sign_in is opened
