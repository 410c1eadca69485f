"""Schemes that run something, or belong to somebody else, are stopped twice: at registration, and again at use."""

from collections.abc import Callable

import pytest

from support_app import LOGOUT, REDIRECT, SEED_REQUEST, Browser, Keyfob, Pkce, authorize_path
from support_authorize import ERROR_PAGE, links, page, signed_in, static_client, stored

OTHERS = (
    "myapp",
    "mailto",
    "intent",
    "content",
    "tel",
    "sms",
    "about",
    "chrome",
    "facetime",
    "market",
    "android-app",
    "ms-settings",
    "view-source",
    "ws",
    "ftp",
    "urn",
)
RUNNING = ("javascript", "data", "vbscript", "blob", "file", "about", "view-source", "jar")
SPELLINGS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "mixed": lambda scheme: "".join(c.upper() if i % 2 else c for i, c in enumerate(scheme)),
    "leading space": lambda scheme: f" {scheme}",
    "leading tab": lambda scheme: f"\t{scheme}",
    "leading return": lambda scheme: f"\r{scheme}",
    "leading control": lambda scheme: f"\x01{scheme}",
    "tab within": lambda scheme: f"{scheme[:2]}\t{scheme[2:]}",
    "line break within": lambda scheme: f"{scheme[:2]}\n{scheme[2:]}",
    "space before the colon": lambda scheme: f"{scheme} ",
    "escaped": lambda scheme: f"%{ord(scheme[0]):02x}{scheme[1:]}",
}
DANGEROUS = [f"{spell(scheme)}:alert(1)//x.y" for scheme in RUNNING for spell in SPELLINGS.values()]
TRIED: list[dict[str, list[str]]] = [
    {"redirect_uris": []},
    {"redirect_uris": [REDIRECT]},
    {"post_logout_redirect_uris": []},
]
PAGES_OF_THE_APP = ("client_uri", "policy_uri", "tos_uri", "logo_uri")


@pytest.fixture(scope="module")
def browser(keyfob: Keyfob) -> Browser:
    return signed_in(keyfob, keyfob.new_instance())


@pytest.fixture(scope="module")
def token(keyfob: Keyfob, browser: Browser) -> str:
    """An initial token that no refusal spends."""
    return keyfob.initial_token(browser)


def refused(keyfob: Keyfob, token: str, document: dict[str, object]) -> str:
    """The error of a refused registration that stored nothing."""
    before = stored(keyfob)
    answer = keyfob.register(token, SEED_REQUEST | document)
    assert answer.status_code == 400, (document, answer.text)
    assert stored(keyfob) == before
    return str(answer.json()["error"])


@pytest.mark.parametrize("scheme", OTHERS)
def test_a7_a_scheme_without_a_dot_or_of_another_program_is_not_registered(
    keyfob: Keyfob, token: str, scheme: str
) -> None:
    for uri in (f"{scheme}:/callback", f"{scheme}://callback", f"{scheme}:callback"):
        assert refused(keyfob, token, {"redirect_uris": [uri]}) == "invalid_redirect_uri", uri
        assert refused(keyfob, token, {"redirect_uris": [REDIRECT, uri]}) == "invalid_redirect_uri", uri


@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize("uri", DANGEROUS, ids=range(len(DANGEROUS)))
def test_a8_a_scheme_that_runs_something_is_not_registered_to_lead_to(
    keyfob: Keyfob, token: str, member: str, uri: str
) -> None:
    assert refused(keyfob, token, {member: [uri]}) == "invalid_redirect_uri"


@pytest.mark.parametrize("member", PAGES_OF_THE_APP)
@pytest.mark.parametrize("scheme", RUNNING)
def test_a8_a_scheme_that_runs_something_is_not_registered_for_a_page_of_the_app(
    keyfob: Keyfob, token: str, member: str, scheme: str
) -> None:
    for spell in SPELLINGS.values():
        uri = f"{spell(scheme)}:alert(1)//x.y"
        assert refused(keyfob, token, {member: uri}) == "invalid_client_metadata", uri


@pytest.mark.parametrize("uri", DANGEROUS, ids=range(len(DANGEROUS)))
def test_a8_a_scheme_that_runs_something_leads_nowhere_though_it_stands_in_the_database(
    keyfob: Keyfob, browser: Browser, uri: str
) -> None:
    planted = static_client(keyfob, "planted-scheme", redirect_uris=[uri], post_logout_redirect_uris=[uri])
    request = {
        "response_type": "code",
        "client_id": planted.client_id,
        "scope": "profile",
        "code_challenge": Pkce().challenge,
        "code_challenge_method": "S256",
    }
    for more in ({"redirect_uri": uri}, {}, {"redirect_uri": uri, "prompt": "none"}, {"prompt": "none"}):
        answer = browser.get(authorize_path(**request | more))
        assert page(answer) == ERROR_PAGE, more
        assert all(link.startswith("/assets/") for link in links(answer))
    logout = {"client_id": planted.client_id, "post_logout_redirect_uri": uri, "state": "s"}
    answer = keyfob.request("GET", LOGOUT, params=logout)
    assert (answer.status_code, answer.headers.get("location")) == (200, None)
    assert all(link.startswith("/assets/") or link == "/devices" for link in links(answer))


@pytest.mark.parametrize("uri", [
    "http://127.0.0.1:80@evil.example/cb", "http://a@b@127.0.0.1/cb", "https://u:p@app.example/",
    "http://localhost#@evil.example", "com.example.app://user@host/cb",
])  # fmt: skip
def test_a4_user_information_is_not_registered(keyfob: Keyfob, token: str, uri: str) -> None:
    for document in TRIED:
        assert refused(keyfob, token, {name: [*uris, uri] for name, uris in document.items()}) == "invalid_redirect_uri"


@pytest.mark.parametrize("uri", ["https://app.example/cb#x", "https://app.example/cb#", "com.example.app:/cb#x"])
def test_a10_a_fragment_is_not_registered(keyfob: Keyfob, token: str, uri: str) -> None:
    for document in TRIED:
        assert refused(keyfob, token, {name: [*uris, uri] for name, uris in document.items()}) == "invalid_redirect_uri"
