"""What an account may hold: a table."""

import pytest

from keyfob_server.rules.accounts import NewAccount, account_refusal, is_plain_text, password_refusal

GOOD = "correct horse"


@pytest.mark.parametrize(
    "user_name", ["a", "demouser", "anna.b", "anna@example.com", "0170", "a+b_c-d", "a" * 64, "9."]
)
def test_a_user_name_of_plain_ascii_is_taken(user_name: str) -> None:
    assert account_refusal(NewAccount(user_name, GOOD)) is None


@pytest.mark.parametrize(
    "user_name",
    ["", "a" * 65, "Anna", "ANNA", "anna b", " anna", "anna\n", ".anna", "-anna", "@anna", "änna",
     "\u0430nna", "anna\u200b", "an/na", "an<na", "anna\x00", "\uff11anna"],
)  # fmt: skip
def test_a_user_name_that_could_be_taken_for_another_is_refused(user_name: str) -> None:
    refusal = account_refusal(NewAccount(user_name, GOOD))
    assert refusal == "a user name has 1 to 64 characters of a-z 0-9 . _ - @ +, beginning with a letter or a digit"


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (NewAccount("a", GOOD, name="Änna 李 O'Neil-Ö"), None),
        (NewAccount("a", GOOD, name="x" * 200), None),
        (NewAccount("a", GOOD, name="x" * 201), "a name has at most 200 characters, and no control characters"),
        (NewAccount("a", GOOD, name="x\x1b[2J"), "a name has at most 200 characters, and no control characters"),
        (NewAccount("a", GOOD, given_name="\u202ex"), "a given name has at most 200 characters"),
        (NewAccount("a", GOOD, family_name="x\u2028"), "a family name has at most 200 characters"),
        (NewAccount("a", GOOD, email="anna@example.com"), None),
        (NewAccount("a", GOOD, email="anna+x@sub.example.com"), None),
        (NewAccount("a", GOOD, email="anna"), "an email address has the form name@host, in ASCII"),
        (NewAccount("a", GOOD, email="anna@"), "an email address has the form name@host, in ASCII"),
        (NewAccount("a", GOOD, email="a@b@c"), "an email address has the form name@host, in ASCII"),
        (NewAccount("a", GOOD, email="a b@c"), "an email address has the form name@host, in ASCII"),
        (NewAccount("a", GOOD, email="a@b\n"), "an email address has the form name@host, in ASCII"),
        (NewAccount("a", GOOD, phone_number="+46701234567"), None),
        (NewAccount("a", GOOD, phone_number="0701234567"), "a phone number has the form +46701234567"),
        (NewAccount("a", GOOD, phone_number="+4670-123"), "a phone number has the form +46701234567"),
        (NewAccount("a", "short"), "a password has 8 to 256 characters"),
    ],
)
def test_each_member_of_an_account_has_a_form(new: NewAccount, refusal: str | None) -> None:
    said = account_refusal(new)
    assert said == refusal if refusal is None or said is None else said.startswith(refusal)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("", "a password has 8 to 256 characters"),
        ("1234567", "a password has 8 to 256 characters"),
        ("12345678", None),
        ("Password1", None),
        ("пароль по-русски", None),
        ("x" * 256, None),
        ("x" * 257, "a password has 8 to 256 characters"),
        ("demouser", "a password must not be the user name"),
        ("DemoUser", "a password must not be the user name"),
        ("demouser1", None),
    ],
)
def test_a_password_has_a_length_and_is_not_the_user_name(password: str, refusal: str | None) -> None:
    assert password_refusal("demouser", password) == refusal


def test_a_new_account_does_not_show_its_password() -> None:
    assert "planted" not in repr(NewAccount("a", "planted password"))


@pytest.mark.parametrize("text", ["", "Anna's phone", "电话", "é", "e\u0301", "👋"])
def test_letters_of_every_script_are_plain_text(text: str) -> None:
    assert is_plain_text(text)


@pytest.mark.parametrize(
    "text",
    ["a\tb", "a\rb", "a\nb", "\x1b[31m", "\x9b31m", "\x7f", "\x00", "\u202e", "\u2066", "\u200d", "\ufeff",
     "\ud800", "\u2029"],
)  # fmt: skip
def test_what_acts_on_a_terminal_or_reorders_a_line_is_not_plain_text(text: str) -> None:
    assert not is_plain_text(text)
