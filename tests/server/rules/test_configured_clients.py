"""What a static client may be, as a table; and which changes end what was issued."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.configured_clients import (
    ClientRules,
    ConfiguredClient,
    client_document,
    client_fault,
    ends_tokens,
)
from keyfob_server.rules.records import ACTIVE, Client

RULES = ClientRules(frozenset({ClientId("named")}), frozenset({"urn:x:Password", "Password"}))
WEB = ClientMetadata(redirect_uris=("https://rp.example.com/cb",), scope=("openid",))
APP = replace(WEB, redirect_uris=("com.example:/cb",), application_type="native", token_endpoint_auth_method="none")
API = ClientMetadata(redirect_uris=(), scope=("orders",), grant_types=("client_credentials",))


def fault(metadata: ClientMetadata, client_id: str = "rp", secret: str = "", **settings: Any) -> str:
    configured = ConfiguredClient(ClientId(client_id), metadata, replace(ClientSettings(), **settings), secret)
    return client_fault(configured, RULES)


@pytest.mark.parametrize(
    ("metadata", "settings"),
    [
        (WEB, {}),
        (WEB, {"require_pkce": False, "cors_origins": ("https://rp.example.com",)}),
        (APP, {"registration_client": True, "allowed_authenticators": ("Password",)}),
        (replace(APP, scope=()), {"registration_client": True}),
        (replace(APP, subject_type="pairwise"), {"sector": "apps"}),
        (API, {"access_token_lifetime_s": 60}),
        (replace(API, scope=()), {"initial_tokens": True, "templates": ("app",)}),
        (replace(API, scope=()), {"introspection_scopes": ("orders",)}),
        (replace(WEB, names={"client_name": "RP", "client_uri#fr": "https://rp.example.com/fr"}), {}),
    ],
)
def test_clients_that_make_sense_are_taken(metadata: ClientMetadata, settings: dict[str, Any]) -> None:
    assert fault(metadata, **settings) == ""


@pytest.mark.parametrize(
    ("metadata", "settings", "said"),
    [
        (replace(WEB, grant_types=("password",)), {}, "grant_types: password is none of"),
        (replace(WEB, grant_types=("refresh_token",)), {}, "authorization_code or client_credentials"),
        (replace(API, grant_types=("client_credentials", "refresh_token")), {}, "refresh_token goes with"),
        (replace(API, token_endpoint_auth_method="none"), {}, "client_credentials needs a client that authenticates"),
        (replace(WEB, redirect_uris=()), {}, "at least one is needed"),
        (replace(API, redirect_uris=("https://rp.example.com/cb",)), {}, "redirect_uris are for authorization_code"),
        (replace(WEB, scope=("openid", "dcr")), {}, "dcr is never listed"),
        (replace(WEB, scope=()), {}, "scope: at least one"),
        (replace(WEB, scope=()), {"introspection_scopes": ("a",)}, "scope: at least one"),
        (replace(WEB, redirect_uris=("javascript:alert(1)",)), {}, "redirect_uris: the URI"),
        (replace(WEB, post_logout_redirect_uris=("http://rp.example.com",)), {}, "post_logout_redirect_uris: the URI"),
        (replace(WEB, redirect_uris=("com.example:/cb",)), {}, "application_type web"),
        (API, {"registration_client": True}, "registration_client needs"),
        (WEB, {"initial_tokens": True}, "initial_tokens needs"),
        (APP, {"introspection_scopes": ("a",)}, "introspection_scopes needs"),
        (APP, {"require_pkce": False}, "require_pkce may be false"),
        (WEB, {"sector": "a"}, "sector goes with"),
        (WEB, {"allowed_authenticators": ("Passkey",)}, "Passkey is none of Password, urn:x:Password"),
        (WEB, {"cors_origins": ("*",)}, "cors_origins: *"),
        (WEB, {"refresh_idle_s": 0}, "refresh_idle_s must be"),
        (replace(WEB, access_token_ttl=0), {}, "access_token_ttl must be"),
        (WEB, {"any_user": True}, "any_user is for templates"),
        (WEB, {"overridable": ("scope",)}, "overridable is for templates"),
        (replace(WEB, names={"client_name#x_y": "RP"}), {}, "no language"),
        (replace(WEB, names={"logo_uri": "http://rp.example.com"}), {}, "logo_uri: the URI"),
        (APP, {"secret": "s" * 40}, "secret_env is for"),
        (WEB, {"secret": "short"}, "32 to 200"),
        (WEB, {"client_id": "named"}, "the settings file names this client"),
        (WEB, {"client_id": "a b"}, "visible ASCII"),
        (WEB, {"client_id": "87f1d9de-de2f-4e96-b27b-882cce0a3352"}, "form of an instance's"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    metadata: ClientMetadata, settings: dict[str, Any], said: str
) -> None:
    assert said in fault(metadata, **settings)


def stored(metadata: ClientMetadata, **settings: Any) -> Client:
    return Client(ClientId("rp"), "static", ACTIVE, 1, metadata, settings=replace(ClientSettings(), **settings))


@pytest.mark.parametrize(
    ("old", "new", "ends"),
    [
        (stored(WEB), ConfiguredClient(ClientId("rp"), WEB), False),
        (stored(WEB), ConfiguredClient(ClientId("rp"), replace(WEB, scope=("openid", "more"))), False),
        (stored(replace(WEB, scope=("openid", "more"))), ConfiguredClient(ClientId("rp"), WEB), True),
        (stored(APP), ConfiguredClient(ClientId("rp"), replace(APP, token_endpoint_auth_method="x")), True),
        (stored(API, initial_tokens=True), ConfiguredClient(ClientId("rp"), API), True),
        (stored(APP, registration_client=True), ConfiguredClient(ClientId("rp"), APP), True),
    ],
)
def test_what_takes_something_away_ends_what_was_issued(old: Client, new: ConfiguredClient, ends: bool) -> None:  # noqa: FBT001 - a table
    assert ends_tokens(old, new) is ends


def test_a_document_leaves_out_what_is_as_it_is_anyhow_and_who_named_the_client() -> None:
    settings = ClientSettings(initial_tokens=True, named_by_settings=True, templates=("app",))
    document = client_document(ConfiguredClient(ClientId("x"), replace(API, scope=()), settings))
    assert document["templates"] == ["app"]
    assert document["initial_tokens"] is True
    assert {"named_by_settings", "scope", "require_pkce", "redirect_uris"}.isdisjoint(document)
    assert client_document(stored(WEB))["scope"] == "openid"
