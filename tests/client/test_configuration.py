import json
from pathlib import Path

import pytest

from keyfob_client.configuration import AppConfiguration, parse_app_configuration
from keyfob_client.errors import InvalidConfiguration

EXAMPLE = Path(__file__).parents[2] / "examples" / "config.json"


def document(**changed: object) -> bytes:
    read = json.loads(EXAMPLE.read_bytes())
    return json.dumps({name: value for name, value in (read | changed).items() if value is not None}).encode()


def test_the_example_has_the_seeds_members_and_is_read() -> None:
    assert list(json.loads(EXAMPLE.read_bytes())) == list(AppConfiguration.MEMBERS)
    configuration = parse_app_configuration(EXAMPLE.read_bytes())
    assert configuration.registration_client_id == "mobile-dcr-client"
    assert configuration.redirect_uri == "io.curity.dcrclient:/callback"
    assert configuration.scope == ("openid", "profile")


def test_members_of_other_programs_are_passed_over() -> None:
    assert parse_app_configuration(document(theme="dark")) == parse_app_configuration(document())


def test_an_app_may_name_the_template_of_its_installs() -> None:
    assert parse_app_configuration(document()).software_id == ""
    assert parse_app_configuration(document(softwareID="a-template")).software_id == "a-template"
    with pytest.raises(InvalidConfiguration, match="softwareID"):
        parse_app_configuration(document(softwareID=7))


@pytest.mark.parametrize("member", AppConfiguration.MEMBERS)
@pytest.mark.parametrize("value", [None, "", 7, ["a"]])
def test_a_member_that_is_missing_or_no_string_is_named(member: str, value: object) -> None:
    with pytest.raises(InvalidConfiguration, match=member) as caught:
        parse_app_configuration(document(**{member: value}))
    assert (caught.value.fault, caught.value.title) == ("app", "Invalid Configuration Error")


@pytest.mark.parametrize("issuer", ["http://as.example", "as.example", "ftp://as.example", "https://u:p@as.example"])
def test_an_issuer_that_is_not_reached_safely_is_refused(issuer: str) -> None:
    with pytest.raises(InvalidConfiguration, match="issuer"):
        parse_app_configuration(document(issuer=issuer))


def test_an_issuer_on_this_machine_may_do_without_tls() -> None:
    assert parse_app_configuration(document(issuer="http://127.0.0.1:8443/oauth")).issuer.startswith("http://127")


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b'{"scope":"a","scope":"b"}'])
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidConfiguration):
        parse_app_configuration(text)


def test_a_scope_that_is_no_scope_is_refused() -> None:
    with pytest.raises(InvalidConfiguration, match="scope"):
        parse_app_configuration(document(scope="openid  profile"))
