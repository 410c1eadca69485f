"""`keyfob template ...`"""

import pytest

from support_keyfob_program import Installation

pytestmark = pytest.mark.slow

DOCUMENT = """
[[template]]
id = "orders-app"
client_name = "Orders"
application_type = "native"
redirect_uris = ["com.example.orders:/callback"]
scope = "openid profile email"
"""
NARROWER = DOCUMENT.replace(" email", "")


@pytest.fixture
def applied(installation: Installation) -> Installation:
    assert installation.keyfob("template", "apply", "-", "--yes", "--reason", "first", stdin=DOCUMENT).code == 0
    return installation


def document_of(applied: Installation) -> dict[str, object]:
    return applied.keyfob("template", "show", "orders-app", "--json").document()


def test_what_is_shown_can_be_applied_again(applied: Installation) -> None:
    shown = applied.keyfob("template", "show", "orders-app").out
    assert shown.startswith("# active, version 1, 0 instances\n[[template]]\n")
    done = applied.keyfob("template", "apply", "-", "--json", stdin=shown).document()["changes"]
    assert isinstance(done, list)
    assert [one["effect"] for one in done] == ["unchanged"]
    assert applied.keyfob("template", "show", "nobody").refusal(3) == "there is no template nobody"


def test_templates_are_listed_by_id(applied: Installation) -> None:
    assert "orders-app   Orders  active  1        openid profile email\n" in applied.keyfob("template", "list").out
    page = applied.keyfob("template", "list", "--limit", "1", "--json").document()
    assert page["next"] == "orders-app"
    assert "--after orders-app" in applied.keyfob("template", "list", "--limit", "1").err


def test_the_history_says_who_changed_what_and_why(applied: Installation) -> None:
    applied.keyfob("template", "apply", "-", "--yes", "--reason", "less", stdin=NARROWER)
    told = applied.keyfob("template", "history", "orders-app").out
    assert told.startswith("version 2, ")
    assert ': less\n  ~ scope = "openid profile email" -> "openid profile"\nversion 1, ' in told
    versions = applied.keyfob("template", "history", "orders-app", "--before", "2", "--json").document()["versions"]
    assert isinstance(versions, list)
    assert [(one["version"], one["reason"]) for one in versions] == [(1, "first")]
    assert applied.keyfob("template", "history", "nobody").code == 3


def test_a_rollback_is_a_new_version_that_says_what_the_old_one_said(applied: Installation) -> None:
    applied.keyfob("template", "apply", "-", "--yes", stdin=NARROWER)
    assert applied.keyfob("template", "rollback", "orders-app", "1").code == 4
    done = applied.keyfob("template", "rollback", "orders-app", "1", "--yes", "--json").document()
    assert (done["version"], done["ends_tokens"]) == (3, False)
    first = document_of(applied)["document"]
    assert isinstance(first, dict)
    assert first["scope"] == "openid profile email"
    again = applied.keyfob("template", "rollback", "orders-app", "2", "--yes").out
    assert again.startswith("orders-app is at version 4. People sign in again: it takes something away.\n")
    same = applied.keyfob("template", "rollback", "orders-app", "4", "--yes")
    assert same.out == "orders-app says what version 4 said. Nothing was changed.\n"
    assert applied.keyfob("template", "rollback", "orders-app", "9", "--yes").code == 3


@pytest.mark.parametrize("command", [("template", "apply"), ("apply",)], ids=" ".join)
def test_a_way_to_sign_in_that_there_is_not_is_refused(applied: Installation, command: tuple[str, ...]) -> None:
    locked = DOCUMENT + 'allowed_authenticators = ["Passkey"]\n'
    assert applied.keyfob(*command, "-", "--yes", stdin=locked).refusal(4) == (
        "/dev/stdin:2: template orders-app: allowed_authenticators: Passkey is none of Username-Password, "
        "urn:se:curity:authentication:html-form:Username-Password"
    )
    assert document_of(applied)["version"] == 1


def test_a_rollback_to_a_way_to_sign_in_that_is_gone_is_refused(applied: Installation) -> None:
    there = DOCUMENT + 'allowed_authenticators = ["Username-Password"]\n'
    for text in (there, DOCUMENT):
        assert applied.keyfob("template", "apply", "-", "--yes", stdin=text).code == 0
    renamed = {"KEYFOB_TOKENS_ACR": "urn:x:Passkey"}
    done = applied.keyfob("template", "rollback", "orders-app", "2", "--yes", env=renamed)
    assert done.refusal(4) == "allowed_authenticators: Username-Password is none of Passkey, urn:x:Passkey"
    assert document_of(applied)["version"] == 3


def test_a_disabled_template_is_off_until_it_is_enabled(applied: Installation) -> None:
    assert applied.keyfob("template", "disable", "orders-app").code == 4
    assert document_of(applied)["status"] == "active"
    for _ in range(2):
        assert applied.keyfob("template", "disable", "orders-app", "--yes", "--reason", "it leaks").code == 0
        off = document_of(applied)
        assert (off["status"], off["generation"]) == ("inactive", 2)
    assert applied.keyfob("template", "enable", "orders-app").out == "Enabled orders-app.\n"
    assert document_of(applied)["status"] == "active"
    assert applied.keyfob("template", "enable", "nobody").code == 3
    assert "500 characters" in applied.keyfob("template", "enable", "orders-app", "--reason", "x" * 501).refusal(4)
