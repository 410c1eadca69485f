"""`keyfob account ...`: who can sign in."""

import pytest

from support_keyfob_program import Installation
from support_passwords import password_is, sign_in_record

pytestmark = pytest.mark.slow

PASSWORD = "a good långt password"


def test_an_account_holds_what_was_said_and_its_password_from_standard_input(installation: Installation) -> None:
    done = installation.keyfob(
        *("account", "add", "--user-name", "anna", "--name", "Anna Ö", "--given-name", "Anna", "--family-name", "Ö"),
        *("--email", "anna@example.com", "--phone-number", "+46701234567", "--password-stdin", "--json"),
        stdin=PASSWORD + "\nnot this line\n",
    )
    document = done.document()
    account = sign_in_record(installation, "anna").account
    assert account is not None
    assert (account.id, account.created) == (document["id"], document["created"])
    assert (account.name, account.given_name, account.family_name) == ("Anna Ö", "Anna", "Ö")
    assert (account.email, account.email_verified) == ("anna@example.com", False)
    assert (account.phone_number, account.phone_number_verified) == ("+46701234567", False)
    assert (account.status, account.roles) == ("active", ())
    assert password_is(installation, "anna", PASSWORD)
    assert not password_is(installation, "anna", PASSWORD + "\n")


def test_a_user_name_is_taken_once_also_by_a_disabled_account(installation: Installation) -> None:
    add = ("account", "add", "--user-name", "anna", "--password-stdin")
    assert installation.keyfob(*add, stdin=PASSWORD).code == 0
    assert installation.keyfob("account", "disable", "anna").code == 0
    refusal = installation.keyfob(*add, "--name", "Another", stdin="another password").refusal(4)
    assert refusal == "there is an account anna already"
    assert password_is(installation, "anna", PASSWORD)


@pytest.mark.parametrize(
    ("options", "stdin", "sentence"),
    [
        (["--user-name", "Anna"], PASSWORD, "a user name has 1 to 64 characters of a-z"),
        (["--user-name", "anna"], "short", "a password has 8 to 256 characters"),
        (["--user-name", "anna", "--email", "nobody"], PASSWORD, "an email address has the form name@host"),
    ],
)
def test_an_account_that_breaks_a_rule_is_refused(
    options: list[str], stdin: str, sentence: str, installation: Installation
) -> None:
    refusal = installation.keyfob("account", "add", "--password-stdin", *options, stdin=stdin).refusal(4)
    assert refusal.startswith(sentence)
    assert "anna" not in installation.keyfob("account", "list").out


def test_accounts_are_listed_by_user_name_page_by_page(installation: Installation) -> None:
    for user_name in ("zoe", "anna"):
        installation.add_owner(user_name)
    first = installation.keyfob("account", "list", "--limit", "2")
    assert [line.split()[0] for line in first.out.splitlines()] == ["USER", "admin", "anna"]
    assert first.err == "There may be more: --after anna\n"
    rest = installation.keyfob("account", "list", "--after", "anna", "--json").document()
    accounts = rest["accounts"]
    assert isinstance(accounts, list)
    assert [one["user_name"] for one in accounts] == ["zoe"]
    assert rest["next"] is None


def test_disabling_kills_what_the_account_signed_in_and_enabling_brings_none_of_it_back(
    installation: Installation,
) -> None:
    before = sign_in_record(installation, "admin").account
    assert installation.keyfob("account", "disable", "admin").code == 0
    disabled = sign_in_record(installation, "admin").account
    assert installation.keyfob("account", "enable", "admin").code == 0
    enabled = sign_in_record(installation, "admin").account
    assert before is not None
    assert disabled is not None
    assert enabled is not None
    assert [before.status, disabled.status, enabled.status] == ["active", "inactive", "active"]
    assert before.generation < disabled.generation < enabled.generation


def test_a_new_password_replaces_the_old_one_and_kills_what_it_signed_in(installation: Installation) -> None:
    before = sign_in_record(installation, "admin").account
    done = installation.keyfob("account", "set-password", "admin", "--password-stdin", stdin=PASSWORD)
    assert done.code == 0
    assert PASSWORD not in done.out + done.err
    after = sign_in_record(installation, "admin").account
    assert before is not None
    assert after is not None
    assert after.generation > before.generation
    assert password_is(installation, "admin", PASSWORD)
    assert not password_is(installation, "admin", installation.password)


def test_a_bad_password_changes_nothing(installation: Installation) -> None:
    refusal = installation.keyfob("account", "set-password", "admin", "--password-stdin", stdin="short").refusal(4)
    assert refusal == "a password has 8 to 256 characters"
    assert password_is(installation, "admin", installation.password)


@pytest.mark.parametrize("command", ["disable", "enable", "set-password"])
def test_an_account_that_does_not_exist_is_exit_code_3(command: str, installation: Installation) -> None:
    options = ["--password-stdin"] if command == "set-password" else []
    done = installation.keyfob("account", command, "bob", *options, stdin=PASSWORD)
    assert done.refusal(3) == "there is no account bob"
