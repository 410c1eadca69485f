"""What an instance of a template may say, and what is refused (wire: section 3.2)."""

from dataclasses import replace

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.client_metadata import parse_client_metadata
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.metadata_members import MEMBERS, Kind
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import PASSWORD_ACR, RegistrationPolicy
from keyfob_server.rules.template_members import INSTANCE_MEMBERS, OVERRIDABLE
from keyfob_server.rules.template_registration import PresentInstance, TemplateInstance, instance_of
from keyfob_server.rules.templates import Template

METADATA = ClientMetadata(
    redirect_uris=("io.example.app:/callback", "undotted:/callback"),
    scope=("openid", "profile", "orders"),
    grant_types=("authorization_code", "refresh_token"),
    application_type="native",
    contacts=("help@example.com",),
    software_id="the-app",
    names={"client_name": "The App", "client_name#fr": "L'appli"},
)
TEMPLATE = Template(ClientId("the-app"), "active", 1, 1, METADATA)
VALUES: dict[Kind, object] = {
    Kind.TEXT: "x",
    Kind.WEB_URI: "https://elsewhere.example/",
    Kind.URI: "https://elsewhere.example/",
    Kind.STATEMENT: "x.y.z",
    Kind.SCOPE: "openid",
    Kind.URIS: ["io.example.other:/callback"],
    Kind.LIST: ["x"],
    Kind.FLAG: True,
    Kind.NUMBER: 7,
}
DECIDED = [name for name, kind in MEMBERS.items() if kind in VALUES and name not in {*INSTANCE_MEMBERS, "software_id"}]


def template(*overridable: str, **settings: str) -> Template:
    return replace(TEMPLATE, settings=ClientSettings(overridable=overridable, **settings))  # type: ignore[arg-type] # texts only


def instance(
    document: dict[str, object], of: Template = TEMPLATE, present: PresentInstance | None = None
) -> TemplateInstance:
    return instance_of(
        of,
        parse_client_metadata(document),
        RegistrationPolicy(),
        acr=PASSWORD_ACR,
        refresh_tokens=True,
        id_token_algs=("RS256", "ES256"),
        present=present,
    )


def test_an_instance_that_says_nothing_is_as_the_template_says_and_stores_nothing() -> None:
    made = instance({"software_id": "the-app"})
    assert (made.metadata, dict(made.own_members), made.settings) == (METADATA, {}, TEMPLATE.settings)


def test_an_instance_says_who_it_is() -> None:
    own = {name: f"my {name}" for name in INSTANCE_MEMBERS}
    made = instance({"software_id": "the-app", **own})
    assert made.metadata.document() == METADATA.document() | own
    assert made.own_members == own


def test_an_empty_instance_member_is_none() -> None:
    assert dict(instance({"software_id": "the-app", "instance_name": ""}).own_members) == {}


@pytest.mark.parametrize("name", DECIDED)
def test_f9_every_other_member_is_refused_by_its_name(name: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=f"^{name} is decided by the template"):
        instance({"software_id": "the-app", name: VALUES[MEMBERS[name]]})


@pytest.mark.parametrize("name", sorted(set(DECIDED) - set(OVERRIDABLE)))
def test_a_member_that_no_instance_can_have_is_refused_though_the_template_lists_it(name: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=f"^{name} is decided by the template"):
        instance({"software_id": "the-app", name: VALUES[MEMBERS[name]]}, template(name))


def test_a_member_that_repeats_the_template_is_refused_too() -> None:
    with pytest.raises(InvalidClientMetadata, match="client_name is decided"):
        instance({"software_id": "the-app", "client_name": "The App"})


def test_what_nobody_knows_is_ignored() -> None:
    assert (
        dict(instance({"software_id": "the-app", "status": "active", "owner": "x", "template": "y"}).own_members) == {}
    )


OVERRIDES: dict[str, tuple[object, object]] = {
    "redirect_uris": (["io.example.mine:/callback"], ("io.example.mine:/callback",)),
    "post_logout_redirect_uris": ("io.example.mine:/out", ("io.example.mine:/out",)),
    "scope": ("openid orders email", ("openid", "orders")),
    "grant_types": (["authorization_code", "implicit"], ("authorization_code", "refresh_token")),
    "token_endpoint_auth_method": ("client_secret_post", "client_secret_post"),
    "id_token_signed_response_alg": ("ES256", "ES256"),
    "default_acr_values": ([PASSWORD_ACR], (PASSWORD_ACR,)),
    "default_max_age": (60, 60),
    "require_auth_time": ("true", True),
    "requires_consent": (True, True),
    "id_token_on_refresh": (True, True),
    "access_token_ttl": (60, 60),
    "refresh_token_ttl": (600, 600),
    "contacts": (["me@example.com"], ("me@example.com",)),
}


def test_the_table_of_overrides_is_complete() -> None:
    assert {*OVERRIDES, "client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri"} == set(OVERRIDABLE)


@pytest.mark.parametrize("name", OVERRIDES)
def test_an_overridable_member_is_judged_and_stored_when_it_differs(name: str) -> None:
    sent, judged = OVERRIDES[name]
    made = instance({"software_id": "the-app", name: sent}, template(name))
    differs = judged != getattr(METADATA, name)
    assert dict(made.own_members) == ({name: judged} if differs else {})
    assert made.metadata == replace(METADATA, **{name: judged})  # type: ignore[arg-type] # the table has each member's type


def test_a_name_may_be_overridden_with_its_translations_and_the_others_stay() -> None:
    made = instance(
        {"software_id": "the-app", "client_name#de": "Die App", "client_name": "Mine"}, template("client_name")
    )
    assert made.own_members == {"names": {"client_name#de": "Die App", "client_name": "Mine"}}
    assert made.metadata.names == {"client_name": "Mine", "client_name#fr": "L'appli", "client_name#de": "Die App"}


REFUSED: dict[str, tuple[str, dict[str, object], type[Exception], str]] = {
    "more scope": ("scope", {"scope": "email address"}, InvalidClientMetadata, "scope"),
    "dcr": ("scope", {"scope": "openid dcr"}, InvalidClientMetadata, "scope"),
    "a redirect URI that runs": (
        "redirect_uris",
        {"redirect_uris": ["javascript:alert(1)"]},
        InvalidRedirectUri,
        "redirect_uris",
    ),
    "a logout URI that runs": (
        "post_logout_redirect_uris",
        {"post_logout_redirect_uris": ["data:,x"]},
        InvalidRedirectUri,
        "post_logout_redirect_uris",
    ),
    "an algorithm that is not offered": (
        "id_token_signed_response_alg",
        {"id_token_signed_response_alg": "none"},
        InvalidClientMetadata,
        "id_token_signed_response_alg",
    ),
    "no life at all": ("access_token_ttl", {"access_token_ttl": 0}, InvalidClientMetadata, "access_token_ttl"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_override_is_refused_like_a_plain_registration(case: str) -> None:
    name, members, error, said = REFUSED[case]
    with pytest.raises(error, match=f"^{said}"):
        instance({"software_id": "the-app", **members}, template(name))


def test_an_override_must_agree_with_what_the_template_says_beside_it() -> None:
    web = replace(template("redirect_uris"), metadata=replace(METADATA, application_type="web"))
    with pytest.raises(InvalidClientMetadata, match="application_type web"):
        instance({"software_id": "the-app", "redirect_uris": ["io.example.mine:/callback"]}, web)


@pytest.mark.parametrize("status", ["inactive", "revoked", "missing", "Active", ""])
def test_a_template_that_is_not_active_takes_no_registrations(status: str) -> None:
    with pytest.raises(InvalidClientMetadata, match="takes no registrations"):
        instance({"software_id": "the-app"}, replace(TEMPLATE, status=status))


@pytest.mark.parametrize(
    ("said", "refused"), [({}, True), ({"software_version": "1.9"}, True), ({"software_version": "1.10"}, False)]
)
def test_a_version_older_than_the_template_serves_is_refused(said: dict[str, object], *, refused: bool) -> None:
    of = template(minimum_software_version="1.10")
    if refused:
        with pytest.raises(InvalidClientMetadata, match=r"software_version: .* please update"):
            instance({"software_id": "the-app", **said}, of)
    else:
        assert instance({"software_id": "the-app", **said}, of).metadata.software_version == "1.10"
    present = PresentInstance(shown={"software_version": "1.0"})
    assert instance({"software_id": "the-app", **said}, of, present).own_members == said


def shown(**members: object) -> PresentInstance:
    return PresentInstance({**METADATA.document(), **members})


def test_an_update_that_repeats_what_was_answered_changes_nothing() -> None:
    of = template("client_name", "contacts", "access_token_ttl")
    present = shown(access_token_ttl=300)
    made = instance(dict(present.shown), of, present)
    assert (made.metadata, dict(made.own_members)) == (METADATA, {})


def test_an_update_may_reorder_a_list_and_spell_out_what_is_empty() -> None:
    present = shown()
    document = {**present.shown, "scope": "orders openid profile", "requires_consent": False}
    assert dict(instance({**document, "post_logout_redirect_uris": []}, TEMPLATE, present).own_members) == {}


@pytest.mark.parametrize("name", DECIDED)
def test_g8_an_update_cannot_change_what_the_template_decides(name: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=f"^{name} is decided by the template"):
        instance({**METADATA.document(), name: VALUES[MEMBERS[name]]}, TEMPLATE, shown())


@pytest.mark.parametrize("software_id", ["another-app", ""])
def test_g8_an_update_cannot_change_the_template(software_id: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=r"^software_id: an instance keeps its template"):
        instance({"software_id": software_id}, TEMPLATE, shown())


def test_an_update_keeps_the_overrides_that_it_repeats_and_forgets_those_that_it_does_not() -> None:
    own = {"contacts": ("me@example.com",), "default_max_age": 60, "names": {"client_name": "Mine"}}
    present = PresentInstance({**METADATA.document(), "contacts": ["me@example.com"], "client_name": "Mine"}, own)
    made = instance(
        {"contacts": ["me@example.com"], "client_name": "Mine"},
        template("contacts", "client_name", "default_max_age"),
        present,
    )
    assert made.own_members == {"contacts": ("me@example.com",), "names": {"client_name": "Mine"}}


def test_an_update_forgets_an_override_that_the_template_does_not_allow_any_more() -> None:
    present = PresentInstance(METADATA.document(), {"contacts": ("me@example.com",)})
    assert dict(instance(dict(METADATA.document()), TEMPLATE, present).own_members) == {}
