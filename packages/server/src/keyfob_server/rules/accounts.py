"""What an account may hold. User names are ASCII in one case, so that no two look or sort alike, and never change."""

import re
import unicodedata
from dataclasses import dataclass, field

USER_NAME_FORM = "1 to 64 characters of a-z 0-9 . _ - @ +, beginning with a letter or a digit"
MIN_PASSWORD = 8
MAX_PASSWORD = 256
MAX_TEXT = 200

_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,189}")
_PHONE_NUMBER = re.compile(r"\+[0-9]{3,15}")


@dataclass(frozen=True, slots=True)
class NewAccount:
    user_name: str
    password: str = field(repr=False)
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    phone_number: str = ""
    roles: tuple[str, ...] = ()


def account_refusal(new: NewAccount) -> str | None:
    """Why such an account cannot be, as a sentence about the first fault; None when it can."""
    if _USER_NAME.fullmatch(new.user_name) is None:
        return f"a user name has {USER_NAME_FORM}"
    for label, text in (("name", new.name), ("given name", new.given_name), ("family name", new.family_name)):
        if len(text) > MAX_TEXT or not is_plain_text(text):
            return f"a {label} has at most {MAX_TEXT} characters, and no control characters"
    if new.email and _EMAIL.fullmatch(new.email) is None:
        return "an email address has the form name@host, in ASCII"
    if new.phone_number and _PHONE_NUMBER.fullmatch(new.phone_number) is None:
        return "a phone number has the form +46701234567: a plus sign, then 3 to 15 digits"
    return password_refusal(new.user_name, new.password)


def password_refusal(user_name: str, password: str) -> str | None:
    """Length and no rules of composition (NIST SP 800-63B section 5.1.1.2); the sentence never shows the password."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters"
    if password.lower() == user_name:
        return "a password must not be the user name"
    return None


def is_plain_text(text: str) -> bool:
    """Whether a text has no control, format (such as bidirectional) or lone surrogate characters."""
    return not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in text)
