from collections.abc import Callable

import pytest

from keyfob_protocol.redirect_uris import check_redirect_uri, form_action_source
from keyfob_server.web.headers import Headers, page_headers, security_headers


def test_k12_answers_that_are_no_pages_may_load_nothing_and_be_framed_by_nobody() -> None:
    headers = dict(security_headers(https=False))
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Cache-Control" not in headers


@pytest.mark.parametrize("make", [security_headers, page_headers])
def test_browsers_are_told_to_stay_with_https_exactly_when_the_base_url_has_it(
    make: Callable[..., Headers],
) -> None:
    assert dict(make(https=True))["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in dict(make(https=False))


@pytest.mark.parametrize(
    "source",
    [
        "io.curity.dcrclient:",
        "com.example.app:",
        "https://app.example",
        "https://app.example:8443",
        "http://127.0.0.1:4711",
    ],
)
def test_h15_the_policy_names_where_a_form_may_lead(source: str) -> None:
    policy = dict(page_headers(https=False, form_action=(source,)))["Content-Security-Policy"]
    assert f"form-action 'self' {source}; " in policy


def test_a_page_that_hands_a_form_on_may_run_our_script_and_post_to_that_one_place() -> None:
    source = "https://app.example:8443"
    policy = dict(page_headers(https=True, form_action=(source,), own_forms=False))["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"form-action {source}; base-uri 'none'; frame-ancestors 'none'"
    )
    nowhere = dict(page_headers(https=True, own_forms=False))["Content-Security-Policy"]
    assert "form-action 'none'; " in nowhere
    assert "script-src" not in dict(page_headers(https=True, form_action=(source,)))["Content-Security-Policy"]


@pytest.mark.parametrize(
    "source",
    [
        "",
        "*",
        "https:*",
        "https://*",
        "https://*.example",
        "'unsafe-inline'",
        "https://a.example; script-src *",
        "https://a.example 'unsafe-eval'",
        "https://a.example\r\nSet-Cookie: a=b",
        "https://a.example\n",
        "https://user@a.example",
        "https://a.example/path",
        "https://[::1]:4711",
        "io.curity.dcrclient:/callback",
        "IO.CURITY:",
    ],
)
def test_the_policy_takes_nothing_but_a_scheme_or_an_origin(source: str) -> None:
    with pytest.raises(ValueError, match="not a CSP scheme or origin"):
        page_headers(https=False, form_action=(source,))


@pytest.mark.parametrize(
    "uri",
    [
        "io.curity.dcrclient:/callback",
        "com.example.app://host/path",
        "com.example.c++-app:/x",
        f"com.example.{'a' * 1980}:/c",
        "https://app.example:8443/callback",
        "https://xn--bcher-kva.example/callback",
        "http://127.0.0.1:4711/callback",
        "http://localhost/callback",
        "http://[::1]:4711/callback",
    ],
)
def test_a_form_may_lead_to_every_redirect_uri_that_can_be_registered(uri: str) -> None:
    check_redirect_uri(uri)
    assert (
        form_action_source(uri)
        in dict(page_headers(https=True, form_action=(form_action_source(uri),)))["Content-Security-Policy"]
    )
