import base64
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keyfob_server.observability.redaction import MAX_TEXT, REDACTED, redact_fact, redact_text

SECRET = "tfs9nad3dweFAa1CqpUj5p6NC4-092hb5Gg4SVRhOkc"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "client_secret",
            "clientSecret",
            "CLIENT_SECRET",
            "secret",
            "secrets",
            "access_token",
            "accesstoken",
            "token",
        ),
        *("refresh_token", "id_token_hint", "registration_access_token", "code", "code_verifier", "device_code"),
        *("password", "passwd", "passphrase", "Authorization", "proxy-authorization", "cookie", "Set-Cookie"),
        *("client_assertion", "credentials", "private_key", "api_key", "salt", "jwt", "csrf_token", "user_code"),
    ],
)
@pytest.mark.parametrize("value", ["short", SECRET, 123456, True, None])
def test_a_fact_that_is_called_like_a_secret_is_never_written(name: str, value: object) -> None:
    assert redact_fact(name, value) == REDACTED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "0197a1c2-3d4e-7f60-8a9b-0c1d2e3f4a5b"),
        ("status_code", 400),
        ("token_endpoint_auth_method", "client_secret_basic"),
        ("reason", "redirect URI does not match"),
        ("revoked", True),
        ("grant_id", None),
        ("scope", "openid profile"),
        ("kid", "by7hDFpy26A8R8YqjTL0t-b_45MSypEIvY_tAwKnJck"),
        ("redirect_uri", "io.curity.dcrclient:/callback"),
        ("path", "/token-service/oauth-registration/0197a1c2-3d4e-7f60-8a9b-0c1d2e3f4a5b"),
    ],
)
def test_what_an_operator_needs_is_written_as_it_is(name: str, value: str | int | bool | None) -> None:  # noqa: FBT001 - a table
    assert redact_fact(name, value) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"password": SECRET}, "[dict]"),
        ([SECRET], "[list]"),
        (SECRET.encode(), "[bytes]"),
        (2**63, "[int]"),
        (0.5, "[float]"),
    ],
)
def test_of_anything_but_text_and_numbers_only_the_type_is_written(value: object, written: str) -> None:
    assert redact_fact("value", value) == written


SPELLINGS = [
    "{}",
    "client_secret={}",
    "refused: refresh_token: {} (unknown)",
    "POST /token?code={}&state=x",
    "Authorization: Bearer {}",
    "authorization: bearer {}",
    "Cookie: theme=dark; __Host-session={}",
    "[(b'host', b'x'), (b'authorization', b'Bearer {}')]",
    '{{"client_secret": "{}"}}',
    "{{'password': '{}'}}",
    "ValueError: bad value '{}' in body",
    "io.curity.dcrclient:/callback?code={}",
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.{}",
    "0197a1c2-3d4e-7f60-8a9b-0c1d2e3f4a5b.{}",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_m5_what_has_the_form_of_a_secret_leaves_free_text_in_every_spelling(spelling: str) -> None:
    written = redact_text(spelling.format(SECRET))
    assert SECRET not in written
    assert REDACTED in written


@pytest.mark.parametrize(
    "text",
    [
        "password=Password1",
        "password: Password1&user=anna",
        '{"password": "Password1"}',
        "{'password': 'Password1'}",
        '{"password": "quo\\"Password1"}',
        'password = "two words Password1"',
        "Authorization: Basic " + base64.b64encode(b"anna:Password1").decode(),
        "authorization: Password1 Password1",
        "Cookie: a=1; b=Password1",
    ],
)
def test_m5_a_short_password_beside_its_name_is_found_too(text: str) -> None:
    written = redact_text(text)
    assert "Password1" not in written
    assert base64.b64encode(b"anna:Password1").decode() not in written


@pytest.mark.parametrize("before", range(MAX_TEXT - 50, MAX_TEXT + 5))
def test_m5_a_secret_that_the_cut_goes_through_leaves_no_half(before: int) -> None:
    written = redact_text("." * (before - 1) + " " + SECRET + " tail" * 100)
    assert not any(SECRET[at : at + 8] in written for at in range(len(SECRET) - 8))


@given(st.text(max_size=3000))
@example("x " * 5000)
@example("\ud800" * 2000)
def test_text_is_bounded_whatever_it_is(text: str) -> None:
    # A parameter's value may be shorter than the note in its place.
    assert len(redact_text(text)) <= MAX_TEXT * len(REDACTED)


def test_a_sentence_without_secrets_stays_as_it_is() -> None:
    sentence = "key file /var/lib/keyfob/keys.json: others can reach it (mode 644); chmod 600 it"
    assert redact_text(sentence) == sentence


@pytest.mark.parametrize(
    "unit", ["token", "token=", "cookie", "Bearer ", "eyJ", "eyJaaaaaaaa.", 'password="', "\\", "a", "'\\"]
)
def test_the_time_that_it_takes_grows_no_faster_than_the_text(unit: str) -> None:
    def duration(length: int) -> int:
        text = (unit * length)[:length]
        taken = []
        for _ in range(5):
            began = time.perf_counter_ns()
            for _ in range(20):
                redact_text(text)
            taken.append(time.perf_counter_ns() - began)
        return min(taken)

    # Ten times the text: a quadratic pattern would take a hundred times as long.
    assert duration(MAX_TEXT) < 40 * max(duration(MAX_TEXT // 10), 1)
