"""Before client and redirect URI are proved good there is an error page, and nothing else."""

import html
from urllib.parse import urlencode

import pytest

from support_app import AUTHORIZE, REDIRECT, REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, authorize_path
from support_authorize import ERROR_PAGE, links, page, signed_in, stored

ABSURD = {
    "unknown": "018f0000-0000-7000-8000-000000000000",
    "empty": "",
    "long": "x" * 5000,
    "markup": '"><script>alert(1)</script>',
    "template": "{{7*7}}",
    "line break": "x\r\nLocation: https://evil.example/",
    "turned around": "\u202ebarg\N{GRINNING FACE}",
    "quotes": "' or 1=1 --",
    "path": "../mobile-dcr-client",
    "almost": REGISTRATION_CLIENT.upper(),
    "with a space": f"{REGISTRATION_CLIENT} ",
}
FAULTS: dict[str, dict[str, str]] = {
    "no fault": {},
    "prompt none": {"prompt": "none"},
    "scope": {"scope": "admin"},
    "response type": {"response_type": "token"},
    "no response type": {"response_type": ""},
    "no challenge": {"code_challenge": ""},
    "plain": {"code_challenge_method": "plain"},
    "request object": {"request": "e30.e30."},
    "request uri": {"request_uri": "https://evil.example/"},
    "hint": {"id_token_hint": "e30.e30.e30"},
    "max age": {"max_age": "-1"},
    "prompt": {"prompt": "none login"},
    "response mode": {"response_mode": "fragment"},
}


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    return signed_in(keyfob, instance)


def query(client_id: str, redirect_uri: str = REDIRECT, **changes: str) -> str:
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "state": "planted-state",
        "code_challenge": Pkce().challenge,
        "code_challenge_method": "S256",
    } | changes
    return authorize_path(**{name: value for name, value in parameters.items() if value or name == "client_id"})


@pytest.mark.parametrize("kind", ABSURD)
def test_a1_an_absurd_client_id_gets_an_error_page_that_does_not_repeat_it(
    keyfob: Keyfob, owner: Browser, kind: str
) -> None:
    before = stored(keyfob)
    for browser in (keyfob.browser(), owner):
        answer = browser.get(query(ABSURD[kind]))
        assert page(answer) == ERROR_PAGE
        assert "Unknown app" in answer.text
        if ABSURD[kind]:
            assert ABSURD[kind] not in html.unescape(answer.text)
        assert all(link.startswith("/assets/") for link in links(answer))
    assert stored(keyfob) == before


@pytest.mark.parametrize("text", ["client_id=%00", "client_id=x%00", "client_id=%ff", "client_id=%zz", "client_id=é"])
def test_a1_a_client_id_that_cannot_be_decoded_gets_an_error_page(keyfob: Keyfob, text: str) -> None:
    redirect = urlencode({"redirect_uri": REDIRECT})
    answer = keyfob.request("GET", f"{AUTHORIZE}?{text.encode().decode('latin-1')}&{redirect}")
    assert page(answer) == ERROR_PAGE


def test_a1_no_client_id_at_all_gets_an_error_page(keyfob: Keyfob) -> None:
    for path in (AUTHORIZE, f"{AUTHORIZE}?", f"{AUTHORIZE}?{urlencode({'redirect_uri': REDIRECT})}"):
        assert page(keyfob.request("GET", path)) == ERROR_PAGE


def test_a1_two_clients_that_never_existed_get_the_same_page(keyfob: Keyfob) -> None:
    texts = set()
    for client_id in ("018f0000-0000-7000-8000-000000000000", "x", "demouser"):
        answer = keyfob.request("GET", query(client_id))
        texts.add(answer.text.replace(answer.headers["x-request-id"], ""))
    assert len(texts) == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_a11_no_error_travels_to_an_address_that_was_not_registered(
    keyfob: Keyfob, instance: Instance, owner: Browser, fault: str
) -> None:
    before = stored(keyfob)
    for browser in (keyfob.browser(), owner):
        answer = browser.get(query(instance.client_id, "https://evil.example/cb", **FAULTS[fault]))
        assert page(answer) == ERROR_PAGE
        assert "evil.example" not in answer.text
    assert stored(keyfob) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_a11_no_error_travels_for_a_client_that_is_not_known(keyfob: Keyfob, fault: str) -> None:
    answer = keyfob.request("GET", query("nobody", **FAULTS[fault]))
    assert page(answer) == ERROR_PAGE
    assert REDIRECT not in answer.text


def test_a11_an_address_of_another_client_is_not_good(keyfob: Keyfob, instance: Instance) -> None:
    other = keyfob.new_instance(redirect_uris=["com.example.other:/cb"])
    assert page(keyfob.request("GET", query(other.client_id, REDIRECT))) == ERROR_PAGE
    assert page(keyfob.request("GET", query(instance.client_id, "com.example.other:/cb"))) == ERROR_PAGE


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"no fault"}))
def test_a11_before_sign_in_an_instances_own_https_address_gets_no_redirect_but_a_button(
    keyfob: Keyfob, fault: str
) -> None:
    web = keyfob.new_instance(redirect_uris=["https://app.example/cb"], application_type="web")
    answer = keyfob.request("GET", query(web.client_id, "https://app.example/cb", **FAULTS[fault]))
    assert page(answer) == ERROR_PAGE
    (back,) = [link for link in links(answer) if not link.startswith("/assets/")]
    assert back.startswith("https://app.example/cb?error=")
    assert 'rel="noreferrer noopener"' in answer.text
