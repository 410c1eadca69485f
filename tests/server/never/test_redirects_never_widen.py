"""However a registered redirect URI is bent, no answer goes anywhere but to a registered one, or to another port of a
loopback literal.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import strategies as st

from keyfob_protocol.redirect_uris import redirect_uri_matches
from keyfob_server.rules import redirect_target
from support_app import Browser, Instance, Keyfob, Pkce, authorize_path
from support_authorize import links, signed_in
from support_properties import counter_example
from support_redirect_uris import mutations_of

REGISTERED = (
    "com.example.app:/cb",
    "com.example.app://host/path",
    "https://app.example/cb",
    "https://app.example:8443/cb?a=1",
    "http://127.0.0.1/cb",
    "http://[::1]:4711/cb",
    "http://localhost/cb?x=1",
)
LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::[1-9][0-9]{0,4})?((?:[/?].*)?)", re.DOTALL)
PIECES = (":", "/", "@", "#", "?", ".", "..", "[", "]", "%2f", "%00", "\\", "127.0.0.1", "evil.example", "0", "4", "C")


@st.composite
def bent(draw: st.DrawFn) -> str:
    """A registered URI with up to three changes; now and then another text altogether."""
    text = draw(st.sampled_from(REGISTERED))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 3)))
        kept = draw(st.sampled_from((text[start:end], "")))
        added = draw(st.sampled_from((*PIECES, kept.swapcase(), kept * 2)) | st.text(max_size=3))
        text = text[:start] + draw(st.sampled_from((kept + added, added))) + text[end:]
    return text


URIS = bent() | bent() | st.sampled_from(REGISTERED).flatmap(lambda uri: st.sampled_from(mutations_of(uri))) | st.text()


def may_be_answered(uri: str) -> bool:
    """Written here a second time, by another way than the server's."""
    if uri in REGISTERED:
        return True
    parts = LOOPBACK.fullmatch(uri)
    ours = [match.groups() for registered in REGISTERED if (match := LOOPBACK.fullmatch(registered))]
    return parts is not None and parts.groups() in ours


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks as the instance that registered them all, in the browser of its owner, who is signed in."""

    instance: Instance
    browser: Browser
    reached: Counter[str] = field(default_factory=Counter)

    def is_led_astray(self, uri: str) -> bool:
        path = authorize_path(
            response_type="code",
            client_id=self.instance.client_id,
            redirect_uri=uri,
            scope="openid",
            code_challenge=Pkce().challenge,
            code_challenge_method="S256",
        )
        answer = self.browser.get(path)
        if answer.status_code == 303:
            self.reached["redirect"] += 1
            return not may_be_answered(uri) or not answer.headers["location"].startswith(uri)
        self.reached["page"] += 1
        page_is_clean = all(link.startswith("/assets/") for link in links(answer))
        return answer.status_code != 400 or "location" in answer.headers or not page_is_clean


@pytest.fixture(scope="module")
def asker(keyfob: Keyfob) -> Asker:
    instance = keyfob.new_instance(redirect_uris=list(REGISTERED))
    return Asker(instance, signed_in(keyfob, instance, redirect_uri=REGISTERED[0]))


def test_a2_redirects_never_widen(asker: Asker) -> None:
    assert counter_example(URIS, asker.is_led_astray) is None
    assert asker.reached["redirect"] >= 5, asker.reached
    assert asker.reached["page"] >= 50, asker.reached


@pytest.mark.parametrize("uri", REGISTERED)
def test_a2_what_is_registered_is_answered(asker: Asker, uri: str) -> None:
    before = asker.reached["redirect"]
    assert not asker.is_led_astray(uri)
    assert asker.reached["redirect"] == before + 1


def compares_prefixes(registered: str, presented: str) -> bool:
    return presented.startswith(registered)


def ignores_case(registered: str, presented: str) -> bool:
    return registered.lower() == presented.lower()


def ignores_the_query(registered: str, presented: str) -> bool:
    return registered.partition("?")[0] == presented.partition("?")[0]


def ignores_white_space(registered: str, presented: str) -> bool:
    return registered == presented.strip()


def ignores_the_path_on_loopback(registered: str, presented: str) -> bool:
    ours, theirs = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(presented)
    return bool(ours and theirs and ours[1] == theirs[1])


@pytest.mark.parametrize(
    "wrong",
    [compares_prefixes, ignores_case, ignores_the_query, ignores_white_space, ignores_the_path_on_loopback],
)
def test_a2_a_server_that_matches_too_much_is_found_out(
    monkeypatch: pytest.MonkeyPatch, asker: Asker, wrong: Callable[[str, str], bool]
) -> None:
    def matches(
        registered: str, presented: str, *, any_loopback_port: bool, localhost_is_loopback: bool = True
    ) -> bool:
        return wrong(registered, presented) or redirect_uri_matches(
            registered, presented, any_loopback_port=any_loopback_port, localhost_is_loopback=localhost_is_loopback
        )

    # The rule is a plain function that the decision calls by name: there is no service to put another in place of.
    monkeypatch.setattr(redirect_target, "redirect_uri_matches", matches)
    assert counter_example(URIS, asker.is_led_astray, smallest=False) is not None
