"""What may be registered as a redirect URI."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri
from keyfob_protocol.redirect_uris import OTHERS_SCHEMES, check_redirect_uri, check_web_uri, redirect_uri_kind

ACCEPTED = {
    "io.curity.dcrclient:/callback": "private-use",
    "io.curity.dcrclient:/logoutcallback": "private-use",
    "com.example.app://host/path": "private-use",
    "com.example.app://": "private-use",
    "com.example.app:callback": "private-use",
    "com.example.app:/cb?kept=1": "private-use",
    "com.example-app.v2+x:/cb": "private-use",
    "com.example.app://Host:Name/%7Euser": "private-use",
    "http://127.0.0.1/cb": "loopback",
    "http://127.0.0.1:4711/cb": "loopback",
    "http://127.0.0.1:65535": "loopback",
    "http://[::1]/cb": "loopback",
    "http://[::1]:4711/cb": "loopback",
    "http://localhost:3000/cb": "loopback",
    "https://app.example/cb": "https",
    "https://app.example": "https",
    "https://app.example:8443/cb?a=b&c=d": "https",
    "https://xn--bcher-kva.example/cb": "https",
    "https://localhost/cb": "https",
    "https://app.example/a..b/.well-known/...": "https",
}


@pytest.mark.parametrize(("uri", "kind"), ACCEPTED.items())
def test_what_apps_use_is_accepted(uri: str, kind: str) -> None:
    check_redirect_uri(uri)
    assert redirect_uri_kind(uri) == kind


@pytest.mark.parametrize("uri", [
    "http://127.0.0.1:80@evil.example/cb", "http://a@b@127.0.0.1/cb", "http://localhost#@evil.example",
    "https://app.example@evil.example/", "https://@app.example/", "https://user:secret@app.example/cb",
    "com.example.app://user@host/cb", "https://app.example%40evil.example/", "https://app.example\\@evil.example/",
])  # fmt: skip
def test_a4_user_names_in_uris_are_refused(uri: str) -> None:
    with pytest.raises(InvalidRedirectUri):
        check_redirect_uri(uri)


@pytest.mark.parametrize(("uri", "canonical"), [
    ("IO.curity.dcrclient:/callback", "io.curity.dcrclient"), ("HTTPS://app.example/cb", "https"),
    ("Http://127.0.0.1/cb", "http"),
])  # fmt: skip
def test_a5_an_upper_case_scheme_is_refused_with_the_canonical_form(uri: str, canonical: str) -> None:
    with pytest.raises(InvalidRedirectUri, match=f"write {canonical}:"):
        check_redirect_uri(uri)


@pytest.mark.parametrize("scheme", [
    "myapp", "x", "app", "mailto", "intent", "content", "tel", "sms", "about", "chrome", "market", "geo", "ftp", "ws",
    "x-apple.systempreferences", ".app", "com.", "com..app", "c_om.app", "1com.app", "com.app ",
])  # fmt: skip
def test_a7_schemes_that_are_not_a_reversed_domain_name_are_refused(scheme: str) -> None:
    with pytest.raises(InvalidRedirectUri):
        check_redirect_uri(f"{scheme}:/callback")


@pytest.mark.parametrize("scheme", sorted(OTHERS_SCHEMES))
def test_a7_schemes_of_others_are_refused_whatever_the_setting(scheme: str) -> None:
    for spelled in (scheme, scheme.upper(), scheme.title()):
        with pytest.raises(InvalidRedirectUri, match="not an app's own"):
            check_redirect_uri(f"{spelled}:/callback", allow_undotted_schemes=True)


def test_a7_an_undotted_scheme_is_accepted_by_setting_only() -> None:
    check_redirect_uri("myapp:/callback", allow_undotted_schemes=True)
    with pytest.raises(InvalidRedirectUri, match="reversed domain name"):
        check_redirect_uri("myapp:/callback")


DANGEROUS = ("javascript", "data", "vbscript", "blob", "file", "about")


@pytest.mark.parametrize("scheme", DANGEROUS)
@pytest.mark.parametrize("spelling", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("lead", ["", " ", "\t", "\r", "\n", "\x00", "\x01", "\u00a0", "\ufeff"])
def test_a8_code_in_a_uri_is_refused_in_every_spelling(scheme: str, spelling: Callable[[str], str], lead: str) -> None:
    uri = f"{lead}{spelling(scheme)}:alert(1)"
    with pytest.raises(InvalidRedirectUri):
        check_redirect_uri(uri, allow_undotted_schemes=True)
    with pytest.raises(InvalidClientMetadata):
        check_web_uri(uri)


@pytest.mark.parametrize("uri", ["java\tscript:alert(1)", "java\nscript:alert(1)", "javascript\x00:alert(1)"])
def test_a8_a_control_character_does_not_hide_a_scheme(uri: str) -> None:
    with pytest.raises(InvalidRedirectUri):
        check_redirect_uri(uri, allow_undotted_schemes=True)


@pytest.mark.parametrize("uri", [
    "https://app.example/cb#x", "https://app.example/cb#", "io.curity.dcrclient:/callback#x", "http://127.0.0.1/#",
])  # fmt: skip
def test_a10_a_fragment_is_refused(uri: str) -> None:
    with pytest.raises(InvalidRedirectUri, match="fragment"):
        check_redirect_uri(uri)


@given(st.text(max_size=40) | st.text("htps:/[]@127.0.1localhost#?*%\\ com.app", max_size=40))
def test_refusals_never_repeat_the_uri(uri: str) -> None:
    message = refusal_of(uri)
    assert message.isascii()
    assert not set(message) & set('"\\')


def refusal_of(uri: str) -> str:
    try:
        check_redirect_uri(uri)
    except InvalidRedirectUri as error:
        return error.description
    return ""


def test_localhost_is_loopback_by_setting() -> None:
    check_redirect_uri("http://localhost/cb")
    with pytest.raises(InvalidRedirectUri, match=r"127\.0\.0\.1 or \[::1\]"):
        check_redirect_uri("http://localhost/cb", localhost_is_loopback=False)


@pytest.mark.parametrize("uri", [
    "https://app.example/terms", "https://app.example/terms#liability", "http://localhost:8000/logo.png",
    "http://127.0.0.1/", "http://[::1]:80/", "https://app.example/*",
])  # fmt: skip
def test_pages_about_the_app_are_accepted(uri: str) -> None:
    check_web_uri(uri)


@pytest.mark.parametrize("uri", [
    "", "http://app.example/", "app.example", "//app.example/", "https:app.example", "https:///path", "ftp://a.example/",
    "io.curity.dcrclient:/x", "https://user@app.example/", "https://10.0.0.1/", "https://a b.example/", "HTTPS://a.example",
    "https://" + "a" * 2000 + ".example/", "https://app.example/<script>",
])  # fmt: skip
def test_other_pages_are_refused(uri: str) -> None:
    with pytest.raises(InvalidClientMetadata):
        check_web_uri(uri)
