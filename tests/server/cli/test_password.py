"""Where commands take a password from."""

import pytest

from support_keyfob_program import Installation, keyfob_in_terminal
from support_passwords import password_is

pytestmark = pytest.mark.slow

PASSWORD = "a good långt password"


def test_no_command_takes_a_password_as_an_argument(installation: Installation) -> None:
    for command in (["account", "add", "--user-name", "anna"], ["account", "set-password", "admin"]):
        assert "No such option" in installation.keyfob(*command, "--password", PASSWORD).refusal(2)


def test_without_a_terminal_a_password_is_not_asked_for(installation: Installation) -> None:
    refusal = installation.keyfob("account", "set-password", "admin", stdin=PASSWORD + "\n").refusal(2)
    assert refusal.startswith("there is no terminal to ask for a password: use --password-stdin")


@pytest.mark.parametrize("stdin", ["", "\n", "x" * 5000])
def test_standard_input_without_a_password_is_wrong_usage(stdin: str, installation: Installation) -> None:
    refusal = installation.keyfob("account", "set-password", "admin", "--password-stdin", stdin=stdin).refusal(2)
    assert refusal.startswith("there is no password on the first line of standard input")


def test_a_password_is_asked_for_twice_and_never_shown(installation: Installation) -> None:
    code, shown = keyfob_in_terminal(
        "account", "set-password", "admin", cwd=installation.folder, typed=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert code == 0, shown
    assert "New password for admin: " in shown
    assert "Repeat for confirmation: " in shown
    assert PASSWORD not in shown
    assert password_is(installation, "admin", PASSWORD)


def test_a_password_that_is_not_utf_8_is_refused_and_not_shown(installation: Installation) -> None:
    done = installation.keyfob("--debug", "account", "set-password", "admin", "--password-stdin", stdin="planted\udcff")
    assert done.code == 2
    assert "the password on standard input is not UTF-8" in done.err
    assert "planted" not in done.err
