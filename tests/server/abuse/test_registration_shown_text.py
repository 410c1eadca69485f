"""What an app wrote about itself is text wherever it is shown, and nothing that it names is ever fetched."""

import html
import socket
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from support_app import (
    LOGOUT,
    REDIRECT,
    SEED_REQUEST,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    authorize_path,
    running_keyfob,
    tokens_of,
)
from support_script_payloads import EVERY_PAYLOAD
from support_sql import records

PLAIN = "Plain Name"


class Structure(HTMLParser):
    """The elements of a page and the names of their attributes: what text can never change."""

    def __init__(self, page: httpx.Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.feed(page.text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.elements.append(("/", tag))

    def handle_decl(self, decl: str) -> None:
        self.elements.append(("!", decl))

    def handle_comment(self, _data: str) -> None:
        self.elements.append(("comment",))


def named(keyfob: Keyfob, browser: Browser, text: str) -> Instance:
    names = {"client_name": text, "client_name#ja": text, "instance_name": text, "instance_platform": text}
    return keyfob.new_instance(browser, contacts=[text], software_version=text, requires_consent=True, **names)


def pages_of(keyfob: Keyfob, browser: Browser, instance: Instance) -> dict[str, httpx.Response]:
    """Every page that shows something of the instance."""
    asked = {"client_id": instance.client_id}
    stranger = keyfob.browser()
    sign_in = keyfob.authorize(stranger, Pkce(), **asked)
    return {
        "sign in": sign_in,
        "wrong password": stranger.sign_in(sign_in, password="wrong password"),
        "confirm": keyfob.authorize(browser, Pkce(), **asked),
        "sign out": browser.get(f"{LOGOUT}?client_id={instance.client_id}"),
        "signed out": keyfob.browser().get(f"{LOGOUT}?client_id={instance.client_id}"),
        "bad redirect URI": browser.get(authorize_path(redirect_uri="https://evil.example/", **asked)),
    }


@pytest.fixture(scope="module")
def browser(keyfob: Keyfob) -> Browser:
    return keyfob.browser()


@pytest.fixture(scope="module")
def plain(keyfob: Keyfob, browser: Browser) -> dict[str, httpx.Response]:
    return pages_of(keyfob, browser, named(keyfob, browser, PLAIN))


def test_f13_the_pages_compared_do_show_the_name(plain: dict[str, httpx.Response]) -> None:
    showing = {name for name, page in plain.items() if PLAIN in page.text}
    assert showing >= {"sign in", "wrong password", "confirm", "sign out", "signed out"}


@pytest.mark.parametrize("payload", EVERY_PAYLOAD, ids=range(len(EVERY_PAYLOAD)))
def test_f13_registered_text_changes_no_page_but_in_its_text(
    keyfob: Keyfob, browser: Browser, plain: dict[str, httpx.Response], payload: str
) -> None:
    token = keyfob.initial_token(browser)
    answer = keyfob.register(token, SEED_REQUEST | {"client_name": payload})
    if answer.status_code == 400:
        assert answer.json()["error"] == "invalid_client_metadata"
        return
    instance = named(keyfob, browser, payload)
    assert instance.document["client_name#ja"] == payload
    for name, page in pages_of(keyfob, browser, instance).items():
        assert Structure(page).elements == Structure(plain[name]).elements, name
        assert page.status_code == plain[name].status_code, name
        assert page.headers["content-security-policy"] == plain[name].headers["content-security-policy"], name
        assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_f13_a_name_with_markup_is_shown_as_it_was_written(keyfob: Keyfob, browser: Browser) -> None:
    payload = '<b>Anna & "Bo\'s" phone</b>'
    for name, page in pages_of(keyfob, browser, named(keyfob, browser, payload)).items():
        assert payload not in page.text, name
        if name != "bad redirect URI":
            assert payload in html.unescape(page.text), name


@pytest.mark.parametrize("member", ["client_uri", "logo_uri", "tos_uri", "policy_uri", "logo_uri#ja"])
@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "https://user:password@app.example/",
        'https://app.example/"onload="alert(1)',
        "https://app.example/<script>",
        "http://app.example/",
        "https://app.example/\n",
    ],
    ids=range(8),
)
def test_f13_a_uri_to_show_that_is_no_plain_web_address_is_refused(keyfob: Keyfob, member: str, uri: str) -> None:
    token = keyfob.initial_token()
    before = records(keyfob.database)
    answer = keyfob.register(token, SEED_REQUEST | {member: uri})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert member.partition("#")[0] in answer.json()["error_description"]
    assert records(keyfob.database) == before


FETCHABLE = (
    "client_uri",
    "logo_uri",
    "tos_uri",
    "policy_uri",
    "logo_uri#fr",
    "jwks_uri",
    "initiate_login_uri",
    "sector_identifier_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
)


@pytest.fixture
def canary() -> Iterator[socket.socket]:
    """A listener that nothing on the server's side may ever reach."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        listener.setblocking(False)  # noqa: FBT003 - the socket module's own form
        yield listener


def test_f14_nothing_that_a_registration_names_is_fetched(tmp_path: Path, canary: socket.socket) -> None:
    address = f"http://127.0.0.1:{canary.getsockname()[1]}"
    named_uris: dict[str, object] = {name: f"{address}/{name}" for name in FETCHABLE}
    with running_keyfob(tmp_path) as keyfob:
        browser = keyfob.browser()
        instance = keyfob.new_instance(
            browser,
            request_uris=[f"{address}/request"],
            redirect_uris=[REDIRECT, f"{address}/callback"],
            requires_consent=True,
            **named_uris,
        )
        assert instance.document["logo_uri"] == f"{address}/logo_uri"
        pages = pages_of(keyfob, browser, instance)
        for name, page in pages.items():
            assert address not in page.text, name
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy, name
            assert "img-src 'self'" in policy, name
        pkce = Pkce()
        allowed = browser.submit(keyfob.authorize(browser, pkce, client_id=instance.client_id), allow="1")
        tokens = tokens_of(keyfob.redeem(instance, answer_of(allowed)["code"], pkce))
        assert keyfob.refresh(instance, tokens.refresh_token).status_code == 200
        assert keyfob.userinfo(tokens.access_token).status_code == 200
        browser.get(f"{LOGOUT}?id_token_hint={tokens.id_token}")
    with pytest.raises(BlockingIOError):
        canary.accept()
    with socket.create_connection(canary.getsockname()):
        canary.accept()[0].close()
