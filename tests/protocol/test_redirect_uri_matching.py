"""At run time a redirect URI matches byte for byte, save the port of loopback ones."""

import re
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.redirect_uris import form_action_source, redirect_uri_matches, with_parameters
from support_redirect_uris import mutations_of


class Matcher(Protocol):
    def __call__(self, registered: str, presented: str, *, any_loopback_port: bool) -> bool: ...


REGISTERED = (
    "io.curity.dcrclient:/callback",
    "com.example.app://host/path",
    "https://app.example/cb",
    "https://app.example:8443/cb?a=1",
    "http://127.0.0.1/cb",
    "http://127.0.0.1:4711/cb",
    "http://[::1]/cb",
    "http://localhost/cb?x=1",
)
LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::[1-9][0-9]{0,4})?((?:[/?].*)?)", re.DOTALL)


@pytest.mark.parametrize("uri", REGISTERED)
def test_a_registered_uri_matches_itself(uri: str) -> None:
    assert redirect_uri_matches(uri, uri, any_loopback_port=False)
    assert redirect_uri_matches(uri, uri, any_loopback_port=True)


@pytest.mark.parametrize("uri", REGISTERED)
def test_a2_no_mutation_of_a_registered_uri_matches(uri: str) -> None:
    mutations = mutations_of(uri)
    assert len(mutations) > 30
    assert not [presented for presented in mutations if redirect_uri_matches(uri, presented, any_loopback_port=True)]


@pytest.mark.parametrize("presented", [
    "http://127.0.0.1:80@evil.example/cb", "http://a@127.0.0.1/cb", "http://a@b@127.0.0.1/cb", "http://127.0.0.1@/cb",
    "http://127.0.0.1#@evil.example/cb", "http://127.0.0.1:4711#@evil.example/cb", "http://127.0.0.1\\@evil.example/cb",
])  # fmt: skip
def test_a4_user_names_never_match(presented: str) -> None:
    assert not redirect_uri_matches("http://127.0.0.1/cb", presented, any_loopback_port=True)
    assert not redirect_uri_matches(presented, presented, any_loopback_port=True)


@pytest.mark.parametrize("uri", ["io.curity.dcrclient:/callback", "https://app.example/cb", "http://localhost/cb"])
def test_a5_any_change_of_case_is_another_uri(uri: str) -> None:
    for place, letter in enumerate(uri):
        changed = uri[:place] + letter.swapcase() + uri[place + 1 :]
        assert redirect_uri_matches(uri, changed, any_loopback_port=True) is (changed == uri)


@pytest.mark.parametrize("presented", ["http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb", "http://127.0.0.1/cb"])
def test_a6_a_loopback_uri_matches_with_any_port(presented: str) -> None:
    for registered in ("http://127.0.0.1/cb", "http://127.0.0.1:4711/cb"):
        assert redirect_uri_matches(registered, presented, any_loopback_port=True)
        assert redirect_uri_matches(registered, presented, any_loopback_port=False) is (registered == presented)


@pytest.mark.parametrize("presented", [
    "http://127.0.0.1/cb?x=1", "http://127.0.0.1/", "http://127.0.0.1", "http://127.0.0.1/CB", "http://127.0.0.1/cb/",
    "https://127.0.0.1/cb", "http://localhost/cb", "http://[::1]/cb", "http://127.0.0.2/cb", "http://0.0.0.0/cb",
    "http://127.1/cb", "http://[::ffff:127.0.0.1]/cb", "http://evil.example/cb", "http://127.0.0.1:/cb",
    "http://127.0.0.1:0/cb", "http://127.0.0.1:65536/cb", "http://127.0.0.1:080/cb", "http://127.0.0.1:80:80/cb",
    "http://127.0.0.1:x/cb", "http://127.0.0.1:4711/cb#", "io.curity.dcrclient:/cb", "http:127.0.0.1/cb",
])  # fmt: skip
def test_a6_nothing_but_the_port_may_differ(presented: str) -> None:
    assert not redirect_uri_matches("http://127.0.0.1/cb", presented, any_loopback_port=True)


def test_a6_localhost_matches_any_port_by_setting() -> None:
    presented = "http://localhost:4711/cb"
    assert redirect_uri_matches("http://localhost/cb", presented, any_loopback_port=True)
    assert not redirect_uri_matches(
        "http://localhost/cb", presented, any_loopback_port=True, localhost_is_loopback=False
    )


@pytest.mark.parametrize("uri", [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///x", "blob:x", " data:x",
    "http://evil.example/", "https://app.example/#x", "https://a@app.example/", "",
])  # fmt: skip
def test_a8_a_dangerous_uri_is_refused_at_use_too(uri: str) -> None:
    assert not redirect_uri_matches(uri, uri, any_loopback_port=True)


@pytest.mark.parametrize(
    "presented", ["https://app.example/cb#x", "https://app.example/cb#", "https://app.example/#cb"]
)
def test_a10_a_fragment_never_matches(presented: str) -> None:
    assert not redirect_uri_matches("https://app.example/cb", presented, any_loopback_port=True)


def test_an_undotted_scheme_that_was_registered_matches() -> None:
    assert redirect_uri_matches("myapp:/cb", "myapp:/cb", any_loopback_port=False)


def widens(matcher: Matcher, registered: str, presented: str, *, any_port: bool) -> bool:
    """Whether `matcher` accepts more than RFC 9700 2.1 allows: another text than the registered, the port aside."""
    if presented == registered or not matcher(registered, presented, any_loopback_port=any_port):
        return False
    ours, theirs = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(presented)
    return not (any_port and ours and theirs and ours.groups() == theirs.groups())


def mutant_that_compares_prefixes(registered: str, presented: str, *, any_loopback_port: bool) -> bool:
    return presented.startswith(registered) or redirect_uri_matches(
        registered, presented, any_loopback_port=any_loopback_port
    )


def mutant_that_forgets_the_path_of_loopback(registered: str, presented: str, *, any_loopback_port: bool) -> bool:
    ours, theirs = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(presented)
    return registered == presented or bool(any_loopback_port and ours and theirs and ours[1] == theirs[1])


def mutant_that_ignores_case(registered: str, presented: str, *, any_loopback_port: bool) -> bool:
    del any_loopback_port
    return registered.lower() == presented.lower()


@st.composite
def neighbours(draw: st.DrawFn) -> str:
    """A registered URI with a few characters replaced, added or taken away."""
    text = draw(st.sampled_from(REGISTERED))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 3)))
        text = text[:start] + draw(st.text(":/@#?.[]127048cC%\\", max_size=3)) + text[end:]
    return text


@given(st.sampled_from(REGISTERED), neighbours(), st.booleans())
def test_matching_never_widens(registered: str, presented: str, any_port: bool) -> None:  # noqa: FBT001 - Hypothesis passes by name
    assert not widens(redirect_uri_matches, registered, presented, any_port=any_port)


@pytest.mark.parametrize(
    "mutant",
    [mutant_that_compares_prefixes, mutant_that_forgets_the_path_of_loopback, mutant_that_ignores_case],
)
def test_the_property_fails_for_matchers_that_widen(mutant: Matcher) -> None:
    tried = [mutation for uri in REGISTERED for mutation in mutations_of(uri)]
    assert any(widens(mutant, uri, presented, any_port=True) for uri in REGISTERED for presented in tried)


@pytest.mark.parametrize(("uri", "source"), [
    ("io.curity.dcrclient:/callback", "io.curity.dcrclient:"), ("com.example.app://host/path", "com.example.app:"),
    ("http://127.0.0.1:4711/cb", "http://127.0.0.1:4711"), ("http://localhost/cb", "http://localhost"),
    ("https://app.example/cb?a=1", "https://app.example"), ("https://app.example:8443", "https://app.example:8443"),
    ("http://[::1]:4711/cb", "http:"),
])  # fmt: skip
def test_a_page_names_where_its_form_may_end(uri: str, source: str) -> None:
    assert form_action_source(uri) == source


@pytest.mark.parametrize(("uri", "extended"), [
    ("io.curity.dcrclient:/callback", "io.curity.dcrclient:/callback?code=x%26y&state=a%20b"),
    ("https://app.example/cb?a=1", "https://app.example/cb?a=1&code=x%26y&state=a%20b"),
    ("https://app.example/cb?", "https://app.example/cb?code=x%26y&state=a%20b"),
    ("https://app.example/cb?a&", "https://app.example/cb?a&code=x%26y&state=a%20b"),
])  # fmt: skip
def test_parameters_are_added_to_the_query_that_is_there(uri: str, extended: str) -> None:
    assert with_parameters(uri, [("code", "x&y"), ("state", "a b")]) == extended


def test_without_parameters_a_uri_stays_as_it_is() -> None:
    assert with_parameters("io.curity.dcrclient:/callback", []) == "io.curity.dcrclient:/callback"
