"""The table of row F11: eighty redirect URIs that nobody may register."""

import pytest

from keyfob_protocol.errors import InvalidRedirectUri
from keyfob_protocol.redirect_uris import check_redirect_uri

REFUSED = [
    # http that leaves the machine
    "http://app.example/cb", "http://127.0.0.2/cb", "http://0.0.0.0/cb", "http://127.1/cb", "http://2130706433/cb",
    "http://0x7f000001/cb", "http://0177.0.0.1/cb", "http://[::]/cb", "http://[::ffff:127.0.0.1]/cb", "http://10.0.0.1/",
    "http://192.168.1.1/cb", "http://169.254.169.254/", "http://localhost.evil.example/", "http://127.0.0.1.evil.example/",
    "http://LOCALHOST/cb", "http://localhost./cb", "http://evil.example:127.0.0.1/", "http://evil.example/127.0.0.1",
    "http://[::1", "http://::1/cb", "http://[::1]x/cb", "http://[::1].evil.example/", "http:127.0.0.1/cb", "http:/cb",
    "http://", "http:///cb", "http://%31%32%37.0.0.1/cb", "http://127.0.0.1%2eevil.example/",
    # fragments and wildcards
    "https://app.example/cb#", "https://app.example/cb#x", "https://app.example#/cb", "https://*.example/cb",
    "https://app.example/*", "https://app.example:*/cb", "*", "https://app.example/cb?*", "com.example.*:/cb",
    # schemes that are nobody's, or somebody else's
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript://app.example/%0aalert(1)", "data:text/html,x",
    "vbscript:x", "file:///etc/passwd", "blob:https://app.example/1", "about:blank", "view-source:https://app.example/",
    "ws://a.example/", "ftp://app.example/", "mailto:a@app.example", "intent://scan/", "urn:ietf:wg:oauth:2.0:oob",
    # no scheme at all
    "myapp:/cb", "", "/cb", "//app.example/cb", "app.example/cb", "cb", "?cb", ":/cb", "://app.example/cb",
    # user names
    "https://user@app.example/cb", "https://user:password@app.example/cb", "https://app.example@evil.example/cb",
    "https://app.example:443@evil.example/cb",
    # addresses for hosts
    "https://10.0.0.1/cb", "https://127.0.0.1/cb", "https://[::1]/cb", "https://[2001:db8::1]/cb", "https://2130706433/cb",
    "https://0x7f.1/cb", "https://a.0x7f/cb", "https://1.2.3/cb",
    # hosts and ports that are none
    "https:///cb", "https://", "https:cb", "https://app_1.example/cb", "https://-app.example/", "https://app..example/",
    "https://.example/", "https://app.example./", "https://" + "a" * 64 + ".example/", "https://" + "a." * 130 + "a/",
    "https://App.example/cb", "https://b\u00fccher.example/", "https://app.example:/cb", "https://app.example:0/cb",
    "https://app.example:65536/cb", "https://app.example:08443/cb", "https://app.example:x/cb", "https://a.example:1:2/",
    # characters that are no URI, and paths that browsers change
    "https://app.example/a b", "https://app.example/\\evil", "https:\\\\app.example\\", "https://app.example/%zz",
    "https://app.example/%", "https://app.example/<x>", 'https://app.example/"', "https://app.example/{x}",
    "https://app.example/\x7f", "https://app.example/\r\nLocation:x", " https://app.example/", "https://app.example/ ",
    "https://app.example/[x]", "https://app.example/?x[]=1", "io.curity.dcrclient:/[", "com.example.app://[x]/cb",
    "com.example.app://[::1]:[::1]/", "https://app.example/a/../b", "https://app.example/./b", "https://app.example/..",
    "https://app.example/%2e%2E/b", "https://app.example/.%2e/b", "https://app.example/\u202ecb",
    # too long
    "https://app.example/" + "a" * 1981, "io.curity.dcrclient:/" + "a" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("uri", REFUSED, ids=range(len(REFUSED)))
def test_f11_what_is_no_safe_redirect_uri_is_refused(uri: str) -> None:
    with pytest.raises(InvalidRedirectUri):
        check_redirect_uri(uri)


def test_f11_the_table_holds_at_least_eighty_different_rows() -> None:
    assert len(set(REFUSED)) == len(REFUSED)
    assert len(REFUSED) >= 80


def test_f11_two_thousand_characters_are_the_limit() -> None:
    longest = "https://app.example/" + "a" * 1980
    check_redirect_uri(longest)
    with pytest.raises(InvalidRedirectUri, match="longer than 2000"):
        check_redirect_uri(longest + "a")
    with pytest.raises(InvalidRedirectUri, match="longer than 100"):
        check_redirect_uri(longest, max_length=100)
