import pytest

from keyfob_server.web.pages.views import BackLink, StaleView, is_own_path


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "io.curity.dcrclient:/callback",
        "https://app.example@evil.example/",
        "https://user:pass@evil.example/",
        "https:///callback",
        "/callback",
        "",
    ],
)
def test_a_link_back_is_refused_unless_it_is_a_plain_web_address(uri: str) -> None:
    with pytest.raises(ValueError, match="a link back needs"):
        BackLink(uri)


def test_a_link_back_knows_its_host() -> None:
    assert BackLink("https://app.example:8443/callback?error=access_denied").host == "app.example"


@pytest.mark.parametrize(
    "uri", ["//evil.example", "/\\evil.example", "https://evil.example", "oauth", "/a\nb", "/a\tb"]
)
def test_a_page_begins_again_on_this_server_only(uri: str) -> None:
    assert not is_own_path(uri)
    with pytest.raises(ValueError, match="on this server only"):
        StaleView(restart_uri=uri)


def test_a_page_begins_again_at_a_path_with_a_query() -> None:
    assert is_own_path("/oauth/v2/oauth-authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp.example")
    assert StaleView().restart_uri == ""
