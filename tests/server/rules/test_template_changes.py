"""What a template may hold, and which changes end what was issued."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.template_changes import (
    MAX_DOCUMENT,
    TemplateDefinition,
    change_fault,
    defined,
    ends_grants,
    template_document,
    template_fault,
)
from keyfob_server.rules.template_members import INSTANCE_MEMBERS
from keyfob_server.rules.templates import Template
from support_templates import APP, SHARED, TEMPLATE, template

WAYS = frozenset({"urn:x:Password", "Password"})
OLD = Template(APP, "active", 1, 1, SHARED)


def settings(**decided: object) -> TemplateDefinition:
    return template(ClientSettings(**decided))  # type: ignore[arg-type] # each case says a right type


def test_a_good_template_has_no_fault() -> None:
    assert template_fault(TEMPLATE, WAYS) == ""


FAULTS: dict[str, tuple[TemplateDefinition, str]] = {
    "no id": (TemplateDefinition(ClientId(""), SHARED), "the id of a template"),
    "a long id": (TemplateDefinition(ClientId("x" * 201), SHARED), "the id of a template"),
    "an id with a space": (TemplateDefinition(ClientId("an app"), SHARED), "the id of a template"),
    "another software_id": (template(software_id="x"), "software_id is the template's id"),
    "no redirect URI": (template(redirect_uris=()), "redirect_uris: at least one"),
    "a redirect URI that runs": (template(redirect_uris=("javascript:alert(1)",)), "redirect_uris: "),
    "plain http": (template(redirect_uris=("http://app.example/cb",)), "redirect_uris: "),
    "a logout URI that runs": (template(post_logout_redirect_uris=("data:,x",)), "post_logout_redirect_uris: "),
    "no scope": (template(scope=()), "scope: "),
    "dcr": (template(scope=("openid", "dcr")), "scope: "),
    "an unknown override": (settings(overridable=("contacts", "software_id")), "overridable: software_id"),
    "a registration client": (settings(registration_client=True), "registration_client is for static clients"),
    "initial tokens": (settings(initial_tokens=True), "initial_tokens is for static clients"),
    "a resource server": (settings(introspection_scopes=("x",)), "introspection_scopes is for static clients"),
    "templates of a template": (settings(templates=("x",)), "templates is for static clients"),
    "no life": (settings(access_token_lifetime_s=0), "access_token_lifetime_s must be at least 1"),
    "less than no life": (settings(refresh_idle_s=-1), "refresh_idle_s must be at least 1"),
    "a wish of no life": (template(access_token_ttl=0), "access_token_ttl must be at least 1"),
    "a page that runs": (template(names={"policy_uri": "javascript:alert(1)"}), "policy_uri: the URI "),
    "a page in no language": (template(names={"tos_uri#": "https://app.example/"}), "tos_uri#: what follows the #"),
    "a web app of a device": (template(application_type="web"), "application_type web does not go with"),
    "an app without PKCE": (settings(require_pkce=False), "require_pkce may be false"),
    "a sector of no pair": (settings(sector="shop"), "sector goes with subject_type pairwise"),
    "an origin that is none": (settings(cors_origins=("https://app.example/",)), "cors_origins: https://app.example/ "),
    "a way to sign in that there is not": (
        settings(allowed_authenticators=("Password", "Passkey")),
        "allowed_authenticators: Passkey is none of Password, urn:x:Password",
    ),
    "a version that is none": (settings(minimum_software_version="newest"), "minimum_software_version"),
    "too much": (template(contacts=("x" * MAX_DOCUMENT,)), "the template takes more"),
    **{name: (template(None, **{name: "x"}), f"{name} is said by each instance") for name in INSTANCE_MEMBERS},
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_as_a_sentence(case: str) -> None:
    definition, sentence = FAULTS[case]
    assert template_fault(definition, WAYS).startswith(sentence)


@pytest.mark.parametrize(
    "definition",
    [
        template(redirect_uris=("undotted:/callback", "http://localhost:7777/cb")),
        template(ClientSettings(overridable=("redirect_uris",)), redirect_uris=()),
        template(scope=("orders", "openid")),
        template(ClientSettings(allowed_authenticators=("Password", "urn:x:Password"))),
        template(ClientSettings(minimum_software_version="1.2", refresh_absolute_s=1)),
    ],
    ids=str,
)
def test_an_operator_may_do_what_a_registrant_may_not(definition: TemplateDefinition) -> None:
    assert template_fault(definition, WAYS) == ""


def test_the_software_id_follows_from_the_id_when_it_is_left_out() -> None:
    assert defined(template(software_id="")) == TEMPLATE
    assert defined(template(software_id="x")) == template(software_id="x")


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("client_secret_basic", "client_secret_post", False),
        ("none", "none", False),
        ("none", "client_secret_basic", True),
        ("client_secret_basic", "none", True),
    ],
)
def test_a_secret_and_none_do_not_replace_each_other(before: str, after: str, *, fault: bool) -> None:
    old = replace(OLD, metadata=replace(SHARED, token_endpoint_auth_method=before))
    assert bool(change_fault(old, template(token_endpoint_auth_method=after))) is fault


@pytest.mark.parametrize("method", ["none", "client_secret_basic"])
def test_instances_keep_the_method_that_they_chose(method: str) -> None:
    """One with a secret, beside a template of none, would else be anybody's who has its refresh token."""
    shared = replace(SHARED, token_endpoint_auth_method=method)
    chosen = ClientSettings(overridable=("token_endpoint_auth_method", "scope"))
    old = replace(OLD, metadata=shared, settings=chosen)
    fault = change_fault(old, TemplateDefinition(APP, shared, ClientSettings(overridable=("scope",))))
    assert fault.startswith("overridable: token_endpoint_auth_method stays")
    assert change_fault(old, TemplateDefinition(APP, shared, replace(chosen, overridable=chosen.overridable[:1]))) == ""
    assert change_fault(replace(old, settings=ClientSettings()), TemplateDefinition(APP, shared, chosen)) == ""


ENDS: dict[str, tuple[TemplateDefinition, bool]] = {
    "nothing": (TEMPLATE, False),
    "a name": (template(names={"client_name": "x"}), False),
    "more scope": (template(scope=("openid", "profile", "email")), False),
    "less scope": (template(scope=("openid",)), True),
    "another redirect URI": (template(redirect_uris=("io.example:/x",)), True),
    "one more redirect URI": (template(redirect_uris=(*SHARED.redirect_uris, "io.example:/x")), False),
    "no refresh": (template(grant_types=("authorization_code",)), True),
    "lifetimes": (settings(access_token_lifetime_s=1, refresh_idle_s=1), False),
    "names overridable": (settings(overridable=("client_name",)), False),
    "scope overridable": (settings(overridable=("scope",)), True),
}


@pytest.mark.parametrize("case", ENDS)
def test_what_takes_something_away_ends_what_was_issued(case: str) -> None:
    definition, ends = ENDS[case]
    assert ends_grants(OLD, definition) is ends


def test_taking_an_override_back_ends_what_was_issued_under_it() -> None:
    assert ends_grants(replace(OLD, settings=ClientSettings(overridable=("redirect_uris",))), TEMPLATE)


def test_a_document_says_metadata_and_decisions_and_leaves_out_what_is_as_ever() -> None:
    definition = settings(access_token_lifetime_s=60, overridable=("contacts",), any_loopback_port=False)
    assert template_document(TEMPLATE) == SHARED.document()
    assert template_document(definition) == SHARED.document() | {
        "access_token_lifetime_s": 60,
        "overridable": ["contacts"],
        "any_loopback_port": False,
    }
