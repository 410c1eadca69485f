"""Documents of clients, templates and registration: what they say, and how a mistake in one is told."""

from dataclasses import fields
from pathlib import Path

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.metadata_members import TAGGED_MEMBERS
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from keyfob_server.rules.scope_texts import ScopeTexts
from keyfob_server.rules.template_changes import template_fault
from keyfob_server.rules.template_members import INSTANCE_MEMBERS
from keyfob_server.settings.document_file import Document, parse_document, read_document
from keyfob_server.settings.document_members import ALGORITHMS, DECIDED, METADATA, OVERRIDES
from keyfob_server.settings.document_reference import reference
from keyfob_server.settings.document_text import client_text, registration_text, template_text, toml_value
from keyfob_server.settings.problems import SettingsError

ROOT = Path(__file__).parents[3]
WHOLE = """
[registration]
authenticate = "both"
allowed_scopes = ["openid", "orders"]

[[template]]
id = "app"
application_type = "native"
redirect_uris = ["com.example:/cb"]
scope = "openid profile"
overridable = ["client_name"]
[[client]]
id = "rp"
client_name = "RP"
"client_name#fr" = "RP en français"
redirect_uris = ["https://rp.example.com/cb"]
scope = "openid"
default_max_age = 60
require_pkce = false
secret_env = "RP_SECRET"
"""


def read(folder: Path, text: str, **environ: str) -> Document:
    file = folder / "document.toml"
    file.write_text(text, encoding="utf-8")
    return read_document(file, environ)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(folder, text)
    return [str(one).removeprefix(f"{folder}/") for one in caught.value.problems]


def test_a_document_says_what_scopes_mean(tmp_path: Path) -> None:
    document = parse_document(tmp_path / "document.toml", '[scopes]\n"a:b" = "Do b"\norders = "See orders"\n', {})
    assert document.scopes == ScopeTexts((("a:b", "Do b"), ("orders", "See orders")))
    assert parse_document(tmp_path / "document.toml", "[scopes]\n", {}).scopes == ScopeTexts()
    assert parse_document(tmp_path / "document.toml", "", {}).scopes is None


def test_a_document_says_clients_templates_and_registration(tmp_path: Path) -> None:
    document = read(tmp_path, WHOLE, RP_SECRET="s" * 40)
    (client,), (template,) = document.clients, document.templates
    assert client.metadata == ClientMetadata(
        redirect_uris=("https://rp.example.com/cb",),
        scope=("openid",),
        default_max_age=60,
        names={"client_name": "RP", "client_name#fr": "RP en français"},
    )
    assert (client.id, client.secret, client.settings) == ("rp", "s" * 40, ClientSettings(require_pkce=False))
    assert (template.metadata.software_id, template.settings.overridable) == ("app", ("client_name",))
    assert template_fault(template, frozenset()) == ""
    assert document.registration == RegistrationOverrides(authenticate="both", allowed_scopes=("openid", "orders"))
    assert document.where("client rp") == f"{tmp_path}/document.toml:12"
    assert document.where("template app") == f"{tmp_path}/document.toml:6"


def test_what_a_document_leaves_out_has_the_default_of_the_table(tmp_path: Path) -> None:
    client = read(tmp_path, '[[client]]\nid = "a"').clients[0]
    for member in METADATA:
        if member.name not in TAGGED_MEMBERS:
            value = getattr(client.metadata, member.name)
            assert (" ".join(value) if member.name == "scope" else value) == member.default, member
    for member in DECIDED:
        assert getattr(client.settings, member.name) == member.default, member


def test_the_table_has_every_member_that_an_operator_says() -> None:
    told = {member.name for member in METADATA}
    assert {field.name for field in fields(ClientMetadata)} - told == {"names", "software_id", *INSTANCE_MEMBERS}
    assert told - {field.name for field in fields(ClientMetadata)} == set(TAGGED_MEMBERS)
    assert {field.name for field in fields(ClientSettings)} - {"named_by_settings"} == {one.name for one in DECIDED}
    assert {field.name for field in fields(RegistrationOverrides)} == {member.name for member in OVERRIDES}
    assert ALGORITHMS == SIGNING_ALGORITHMS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[[client]]\nid = "a"\nname = "A"',
            ["document.toml:3: name: is no member of a client; did you mean client_name?"],
        ),
        ('[[client]]\nid = "a"\nscop = "A"', ["document.toml:3: scop: is no member of a client; did you mean scope?"]),
        (
            '[[client]]\nid = "a"\nany_user = true',
            ["document.toml:3: any_user: is no member of a client, but of a template"],
        ),
        ('[[template]]\nid = "a"\n\n[[template]]\nid = "a"', ["document.toml:5: id: is that of another template"]),
        (
            "[[client]]\nscope = 7",
            ["document.toml:1: id: is missing", "document.toml:2: scope: must be a text in quotes, not 7"],
        ),
        ("[client]\nid = 'a'", ["document.toml:1: client: must be written as [[client]], once for each"]),
        ("[[registration]]\n", ["document.toml:1: registration: must be written as [registration]"]),
        (
            "[registration]\nauthenticate = 'all'",
            ["document.toml:2: authenticate: must be one of user, client, both, not 'all'"],
        ),
        (
            "[[scope]]\n",
            ["document.toml: scope: is none of [[client]], [[template]], [registration] and [scopes]"],
        ),
        (
            "[scopes]\norders = 1\n",
            ['document.toml:1: scopes: must be written as [scopes], with lines such as orders = "See your orders"'],
        ),
        ("[[client]]\nid = 'a b'", ["document.toml:2: id: must be a name of visible ASCII characters, not 'a b'"]),
        (
            "[[client]]\nid = 'a'\nsecret_env = 'NOT_THERE'",
            ["document.toml:3: secret_env: there is no variable NOT_THERE in the environment"],
        ),
        ("x = [", ["document.toml:1: is not TOML: Invalid value"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, told: list[str]) -> None:
    assert problems(tmp_path, text) == told


@pytest.mark.parametrize("name", ["secret", "client_secret"])
def test_a_secret_in_a_document_is_refused_and_not_repeated(tmp_path: Path, name: str) -> None:
    (told,) = problems(tmp_path, f'[[client]]\nid = "a"\n{name} = "hidden"')
    assert "has no place in a file" in told
    assert "hidden" not in told


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    first = read(tmp_path, WHOLE, RP_SECRET="s" * 40)
    (client,), (template,) = first.clients, first.templates
    assert first.registration
    text = "\n".join(
        (registration_text(first.registration), template_text(template.id, template), client_text(client.id, client))
    )
    again = read(tmp_path, text)
    assert again.templates == first.templates
    assert again.registration == first.registration
    assert again.clients == (ConfiguredClient(client.id, client.metadata, client.settings),)


def test_what_is_written_holds_nothing_that_a_terminal_acts_on(tmp_path: Path) -> None:
    hostile = 'a\x1b[31m\x7f\u202e"\\é'
    metadata = ClientMetadata(redirect_uris=("https://rp.example.com",), scope=(), names={"client_name": hostile})
    text = client_text("a", ConfiguredClient(ClientId("a"), metadata))
    assert not {"\x1b", "\x7f", "\u202e"} & set(text)
    assert read(tmp_path, text).clients[0].metadata.client_name == hostile
    assert toml_value("é") == '"é"'


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs/reference/clients.md").read_text(encoding="utf-8") == reference()
