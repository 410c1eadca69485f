"""`keyfob import-curity`: the listing of the first document, and a profile with settings of registration."""

import gc
import time
from pathlib import Path

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from keyfob_server.settings.curity_import import Imported, import_curity
from keyfob_server.settings.curity_xml import MAX_BYTES, XmlRefused, read_xml
from support_keyfob_program import Installation

GOLDEN = Path(__file__).parents[2] / "golden" / "curity"
LISTING = GOLDEN / "mobile-dcr-client.xml"
PROFILE = GOLDEN / "profile.xml"
DESCRIBED = ClientMetadata(
    redirect_uris=("io.curity.dcrclient:/callback",),
    scope=(),
    grant_types=("authorization_code",),
    application_type="native",
    token_endpoint_auth_method="none",
    post_logout_redirect_uris=("io.curity.dcrclient:/logoutcallback",),
    subject_type="pairwise",
    names={"client_name": "mobile-dcr-client"},
)
DECIDED = ClientSettings(
    registration_client=True,
    any_loopback_port=False,
    sector="mobile-dcr-client",
    allowed_authenticators=("Username-Password",),
    refresh_tokens=False,
)


def imported(path: Path) -> Imported:
    return import_curity(read_xml(path), file=path.name)


def of(folder: Path, text: str) -> Imported:
    file = folder / "config.xml"
    file.write_text(text, encoding="utf-8")
    return imported(file)


def test_every_element_of_the_first_documents_listing_is_understood() -> None:
    found = imported(LISTING)
    (client,) = found.clients
    assert (client.id, client.metadata, client.settings) == ("mobile-dcr-client", DESCRIBED, DECIDED)
    assert found.registration is None
    assert found.notes == (
        "mobile-dcr-client.xml: client mobile-dcr-client has no scope: taken for one that people register through",
    )


def test_a_profile_says_who_registers_and_what() -> None:
    found = imported(PROFILE)
    people, issuer = found.clients
    assert found.registration == RegistrationOverrides(
        enabled=True, authenticate="both", templatized=True, non_templatized=True, allowed_scopes=("openid", "profile")
    )
    assert people.settings == ClientSettings(registration_client=True, cors_origins=("https://app.example.com",))
    assert people.metadata.redirect_uris == ("com.example.app:/callback", "http://127.0.0.1/callback")
    assert (issuer.settings, issuer.secret) == (ClientSettings(initial_tokens=True, access_token_lifetime_s=120), "")


def test_what_has_no_counterpart_is_named_with_line_and_path() -> None:
    notes = [note.removeprefix("profile.xml:") for note in imported(PROFILE).notes]
    inside = "data/profiles/profile/settings/authorization-server"
    client, registration = f"{inside}/client-store/config-backed/client", f"{inside}/dynamic-client-registration"
    assert [note.partition(": ")[0] + " " + note.split(": ")[1] for note in notes] == [
        "6 data/profiles/profile/expose-detailed-error-messages",
        f"19 {client}/capabilities/assisted-token",
        f"26 {client}/secret",
        f"28 {client}/refresh-token-ttl",
        f"36 {registration}/client-data-source",
        f"43 {registration}/non-templatized/capabilities/implicit",
    ]
    assert "kept-elsewhere" not in "".join(notes)


@pytest.mark.parametrize(
    ("inner", "note"),
    [
        ("<no-authentication>yes</no-authentication>", "no-authentication: is neither true nor false"),
        ("<colour>red</colour>", "client/colour: has no counterpart here"),
        ("<proof-key><algorithms/></proof-key>", "proof-key/algorithms: has no counterpart here"),
        ("<user-authentication><x/></user-authentication>", "user-authentication/x: has no counterpart here"),
        ("<capabilities><introspection/></capabilities>", "name the scopes that it guards in introspection_scopes"),
        ("<use-pairwise-subject-identifiers><x/></use-pairwise-subject-identifiers>", "identifiers/x: has no"),
    ],
)
def test_what_is_not_known_of_a_client_is_named(tmp_path: Path, inner: str, note: str) -> None:
    found = of(tmp_path, f"<client><id>a</id><scope>openid</scope>{inner}</client>")
    assert any(note in one for one in found.notes), found.notes


def test_pkce_and_lifetimes_come_along(tmp_path: Path) -> None:
    inner = (
        "<proof-key><require-proof-key>false</require-proof-key></proof-key><refresh-token-ttl>60</refresh-token-ttl>"
        "<redirect-uris>https://rp.example.com/cb</redirect-uris><scope>openid</scope><capabilities><code/></capabilities>"
    )
    (client,) = of(tmp_path, f"<client><id>rp</id>{inner}</client>").clients
    assert client.settings == ClientSettings(require_pkce=False, refresh_idle_s=60)
    assert client.metadata.grant_types == ("authorization_code", "refresh_token")
    assert client.metadata.application_type == "web"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<!DOCTYPE a><a/>", "document type"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>', "document type"),
        ("<a>&b;</a>", "is not XML: undefined entity"),
        ("<a>", "is not XML"),
        ("", "is not XML"),
        ("<a>" * 65 + "</a>" * 65, "nested too deeply"),
        ("<a>" + "<b/>" * 100_000 + "</a>", "too many elements"),
        ("<a>" + " " * MAX_BYTES + "</a>", "is larger than"),
    ],
    ids=["doctype", "entity", "external", "undefined", "open", "empty", "deep", "many", "large"],
)
def test_xml_that_is_more_than_elements_and_text_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(XmlRefused, match=said):
        of(tmp_path, text)


@pytest.mark.parametrize("encoding", ["utf-7", "idna", "zlib_codec", "punycode", "no-such-thing", "undefined"])
def test_an_encoding_that_no_parser_should_read_is_refused_in_one_sentence(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(XmlRefused, match=r"config\.xml:1: "):
        of(tmp_path, f'<?xml version="1.0" encoding="{encoding}"?><data/>')


@pytest.mark.parametrize("unit", ["\n", "<a/>" + 60 * "x"], ids=["lines", "elements between text"])
def test_a_large_file_takes_as_much_longer_as_it_is_larger(tmp_path: Path, unit: str) -> None:
    def cpu_s(size: int) -> float:
        (tmp_path / "config.xml").write_text(f"<a>{unit * (size // len(unit))}</a>")
        # the garbage collector would walk over all that the run has made so far
        gc.disable()
        began = time.process_time()
        read_xml(tmp_path / "config.xml")
        ended = time.process_time()
        gc.enable()
        return ended - began

    small = min(cpu_s(MAX_BYTES // 16) for _ in range(3))
    # sixteen times as much; a quadratic one would take 256 times as long
    assert cpu_s(MAX_BYTES - 100) < 80 * small


@pytest.mark.slow
def test_what_was_imported_is_applied_and_is_the_client_that_the_listing_describes(installation: Installation) -> None:
    document = installation.keyfob("import-curity", str(LISTING))
    assert document.code == 0
    assert document.err.count("\n") == 1
    assert installation.keyfob("client", "apply", "-", "--yes", stdin=document.out).code == 0
    client = installation.with_store(lambda store: store.load(client_id=ClientId("mobile-dcr-client"))).client
    assert client
    assert (client.kind, client.status, client.metadata, client.settings) == ("static", "active", DESCRIBED, DECIDED)
    assert (client.secret_hash, client.registration_client) == ("", True)


@pytest.mark.slow
def test_a_profile_is_applied_as_a_whole(installation: Installation) -> None:
    assert installation.keyfob("import-curity", str(PROFILE), "--out", "clients.toml").out == ""
    assert installation.keyfob("apply", "clients.toml", "--yes").code == 0
    assert installation.keyfob("apply", "clients.toml").out.endswith("Nothing was changed.\n")
    assert "File exists" in installation.keyfob("import-curity", str(LISTING), "--out", "clients.toml").err


@pytest.mark.slow
def test_a_file_that_says_nothing_makes_no_document(installation: Installation) -> None:
    (installation.folder / "empty.xml").write_text("<data/>")
    assert "holds no client" in installation.keyfob("import-curity", "empty.xml").refusal(4)
    assert "cannot be read" in installation.keyfob("import-curity", "missing.xml").refusal(1)
