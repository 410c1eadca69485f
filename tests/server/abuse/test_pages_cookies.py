"""The three cookies: their attributes, what is stored of them, and what happens to those that nobody set."""

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from support_app import LOGOUT, REDIRECT, Instance, Keyfob, Pkce, answer_of, authorize_path, running_keyfob
from support_sql import rows

HTTPS: Final = "https://id.example"
ATTRIBUTES: Final = "; Path=/; HttpOnly; SameSite=Lax"


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """As it runs behind a proxy that ends TLS."""
    with running_keyfob(tmp_path_factory.mktemp("https"), policy=demo_policy(HTTPS)) as running:
        yield running


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def is_device(line: str) -> bool:
    return line.partition("=")[0].endswith("keyfob-device")


def set_cookies(keyfob: Keyfob) -> list[str]:
    """Every Set-Cookie line of a journey: page, wrong password, sign-in, another sign-in, single sign-on, sign-out."""
    browser, pkce = keyfob.browser(), Pkce()
    request = {"client_id": "mobile-dcr-client", "scope": "dcr", "nonce": ""}
    page = keyfob.authorize(browser, pkce, **request)
    answers = [page, browser.sign_in(page, password="wrong"), browser.sign_in(page)]
    answers.append(keyfob.authorize(browser, pkce, **request, prompt="login"))
    answers.append(browser.sign_in(answers[-1]))
    answers.append(keyfob.authorize(browser, pkce, **request))
    answers.append(browser.submit(answers[-1], allow="1"))
    answers.append(browser.get(LOGOUT))
    answers.append(browser.submit(answers[-1], sign_out="1"))
    assert [answer.status_code for answer in answers] == [200, 200, 303, 200, 303, 200, 303, 200, 200]
    return [line for answer in answers for line in answer.headers.get_list("set-cookie")]


def test_h3_under_https_every_cookie_is_host_only_secure_http_only_and_lax(https: Keyfob) -> None:
    lines = set_cookies(https)
    browser, first, second, gone = (line for line in lines if not is_device(line))
    assert re.fullmatch(rf"__Host-keyfob-browser=[\w-]{{43}}{ATTRIBUTES}; Secure", browser)
    assert re.fullmatch(rf"__Host-keyfob-session=[\w-]{{43}}{ATTRIBUTES}; Secure", first)
    assert re.fullmatch(rf"__Host-keyfob-session=[\w-]{{43}}{ATTRIBUTES}; Secure", second)
    assert gone == f"__Host-keyfob-session={ATTRIBUTES}; Secure; Max-Age=0"
    assert first != second
    for device in filter(is_device, lines):
        assert re.fullmatch(rf"__Host-keyfob-device=[\w-]+{ATTRIBUTES}; Secure; Max-Age=15552000", device)


def test_h3_on_an_http_loopback_address_only_prefix_and_secure_are_missing(keyfob: Keyfob) -> None:
    lines = set_cookies(keyfob)
    browser, first, _, gone = (line for line in lines if not is_device(line))
    assert re.fullmatch(rf"keyfob-browser=[\w-]{{43}}{ATTRIBUTES}", browser)
    assert re.fullmatch(rf"keyfob-session=[\w-]{{43}}{ATTRIBUTES}", first)
    assert gone == f"keyfob-session={ATTRIBUTES}; Max-Age=0"
    for device in filter(is_device, lines):
        assert re.fullmatch(rf"keyfob-device=[\w-]+{ATTRIBUTES}; Max-Age=15552000", device)


def test_h3_cookies_hold_256_random_bits(keyfob: Keyfob) -> None:
    lines = [line for _ in range(3) for line in set_cookies(keyfob) if not is_device(line) and "Max-Age=0" not in line]
    values = [line.partition("=")[2].partition(";")[0] for line in lines]
    assert len(set(values)) == len(values) == 9
    assert {len(base64.urlsafe_b64decode(value + "=")) for value in values} == {32}


def test_h3_what_marks_a_known_device_says_nothing_to_who_reads_it(keyfob: Keyfob) -> None:
    values = [line.partition("=")[2].partition(";")[0] for line in set_cookies(keyfob) if is_device(line)]
    assert len(set(values)) == len(values) == 2
    (account_id,) = rows(keyfob.database, "select id from accounts where user_name = 'demouser'")[0]
    for value in values:
        opened = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        assert str(account_id).encode() not in opened
        assert b"demouser" not in opened


def test_h3_the_database_knows_a_session_by_a_hash_of_its_cookie(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    cookie = browser.cookies["keyfob-session"]
    stored = [str(row[0]) for row in rows(keyfob.database, "select id from sessions")]
    assert hashlib.sha256(f"keyfob session\0{cookie}".encode()).hexdigest() in stored
    assert cookie not in str(rows(keyfob.database, "select * from sessions"))


def test_h3_signing_in_never_keeps_the_session_cookie_that_the_browser_brought(
    keyfob: Keyfob, instance: Instance
) -> None:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    before = browser.cookies["keyfob-session"]
    browser.sign_in(keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="login"))
    assert browser.cookies["keyfob-session"] != before
    old = keyfob.browser()
    old.cookies = {**browser.cookies, "keyfob-session": before}
    assert keyfob.authorize(old, Pkce(), client_id=instance.client_id).status_code == 200


def test_k10_under_https_every_answer_tells_the_browser_to_stay_with_it(https: Keyfob) -> None:
    for path in (
        "/oauth/v2/oauth-anonymous/jwks",
        "/nothing",
        LOGOUT,
        "/oauth/v2/oauth-token",
        "/oauth/v2/oauth-authorize",
    ):
        assert https.request("GET", path).headers["strict-transport-security"] == "max-age=31536000", path


def test_k10_under_https_a_cookie_without_the_host_prefix_is_nobodys(https: Keyfob) -> None:
    browser = https.browser()
    browser.sign_in(https.authorize(browser, Pkce(), client_id="mobile-dcr-client", scope="dcr", nonce=""))
    browser.cookies = {name.removeprefix("__Host-"): value for name, value in browser.cookies.items()}
    answer = https.authorize(browser, Pkce(), client_id="mobile-dcr-client", scope="dcr", nonce="", prompt="")
    assert 'name="password"' in answer.text


def spoilt(cookie: str) -> list[str]:
    flipped = cookie[:-2] + ("A" if cookie[-2] != "A" else "B") + cookie[-1]
    return [
        f"keyfob-session={flipped}",
        f"keyfob-session={cookie[:-1]}",
        f"keyfob-session={cookie}A",
        f"keyfob-session={cookie}; keyfob-session={cookie}",
        f"keyfob-session={cookie}; keyfob-session={'A' * 43}",
        f"keyfob-session={'A' * 43}; keyfob-session={cookie}",
        f'keyfob-session="{cookie}"',
        f"KEYFOB-SESSION={cookie}",
        f"keyfob-session={cookie},",
        f"keyfob-session={cookie.lower()}",
        "keyfob-session=' or 1=1 --",
        f"keyfob-session={'A' * 8000}",
        "keyfob-session",
        ";;;===;;;",
        "=" * 1000,
        "; ".join(f"c{number}=x" for number in range(100)) + "; keyfob-session=" + "B" * 43,
        "keyfob-session=é; keyfob-browser=\x7f",
    ]


@pytest.mark.parametrize("number", range(len(spoilt("A" * 43))))
def test_h4_a_spoilt_cookie_is_a_new_browser(keyfob: Keyfob, instance: Instance, number: int) -> None:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    line = spoilt(browser.cookies["keyfob-session"])[number]
    answer = asked_with(keyfob, instance, [("cookie", line.encode())])
    assert answer.status_code == 200
    assert 'name="password"' in answer.text
    assert answer.headers["set-cookie"].startswith("keyfob-browser=")


def test_h4_the_same_cookie_unspoilt_is_a_session(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    keyfob.code_for(instance, browser, Pkce())
    line = f"a=b; keyfob-session={browser.cookies['keyfob-session']};c=d"
    assert "code" in answer_of(asked_with(keyfob, instance, [("cookie", line.encode())]))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("cookie", b"a=" + b"x" * 20000)], 431),
        ([("cookie", b"; ".join(b"c%d=%s" % (number, b"x" * 300) for number in range(100)))], 431),
        ([("cookie", b"a=b")] * 100, 431),
        ([("cookie", b"a=b"), ("cookie", b"c=d")], 400),
    ],
)
def test_h4_too_many_or_too_large_cookies_are_refused(
    keyfob: Keyfob, instance: Instance, headers: list[tuple[str, bytes]], status: int
) -> None:
    answer = asked_with(keyfob, instance, headers)
    assert (answer.status_code, answer.headers.get("set-cookie"), answer.headers.get("location")) == (
        status,
        None,
        None,
    )


def asked_with(keyfob: Keyfob, instance: Instance, headers: list[tuple[str, bytes]]) -> httpx.Response:
    parameters = {
        "response_type": "code",
        "client_id": instance.client_id,
        "redirect_uri": REDIRECT,
        "scope": "openid",
        "state": "s",
        "code_challenge": Pkce().challenge,
        "code_challenge_method": "S256",
    }
    return keyfob.request("GET", authorize_path(**parameters), headers=headers)
