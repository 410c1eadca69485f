"""Which origin may read which answer: the decision by itself."""

from typing import Final

import pytest

from keyfob_server.web.cors import ANY_ORIGIN, is_allowed, origin_of, preflight_answer, preflight_origin, sharing

APP: Final = "https://app.example"
LISTED: Final = (APP, "http://localhost:3000")
ASKED: Final = (b"access-control-request-method", b"POST")


def scope(method: str, *headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"method": method, "headers": list(headers)}


@pytest.mark.parametrize(
    ("origin", "listed", "allowed"),
    [
        (APP, LISTED, True),
        ("http://localhost:3000", LISTED, True),
        (None, LISTED, False),
        (APP, (), False),
        ("https://evil.example", LISTED, False),
        ("https://app.example.evil.example", LISTED, False),
        ("https://evil-app.example", LISTED, False),
        ("https://app.example:8443", LISTED, False),
        ("https://app.example/", LISTED, False),
        ("http://app.example", LISTED, False),
        ("HTTPS://APP.EXAMPLE", LISTED, False),
        ("http://localhost", LISTED, False),
        ("null", LISTED, False),
        ("", LISTED, False),
        ("*", LISTED, False),
        ("null", (*LISTED, "null"), False),
        ("*", (*LISTED, "*"), False),
        ("", (*LISTED, ""), False),
        ("http://app.example", (*LISTED, "http://app.example"), False),
        ("https://app.example\r\nx-evil: 1", (*LISTED, "https://app.example\r\nx-evil: 1"), False),
    ],
)
def test_d16_an_origin_is_let_in_byte_for_byte_and_never_null_whatever_is_listed(
    origin: str | None,
    listed: tuple[str, ...],
    allowed: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert is_allowed(origin, listed) is allowed
    headers = dict(sharing(origin, listed))
    assert headers[b"vary"] == b"Origin"
    assert (b"access-control-allow-origin" in headers) is allowed
    assert (b"access-control-expose-headers" in headers) is allowed
    assert b"access-control-allow-credentials" not in headers


def test_a_shared_answer_names_the_origin_and_the_headers_that_say_what_to_do_next() -> None:
    assert sharing(APP, LISTED) == (
        (b"vary", b"Origin"),
        (b"access-control-allow-origin", b"https://app.example"),
        (b"access-control-expose-headers", b"WWW-Authenticate, Retry-After, DPoP-Nonce"),
    )


def test_a_preflight_is_answered_with_the_routes_methods_and_without_credentials() -> None:
    answer = preflight_answer(APP, ("GET", "HEAD", "POST"))
    assert (answer.status, answer.body) == (204, b"")
    assert dict(answer.headers) == {
        b"vary": b"Origin",
        b"access-control-allow-origin": b"https://app.example",
        b"access-control-allow-methods": b"GET, HEAD, POST",
        b"access-control-allow-headers": b"Authorization, Content-Type, Idempotency-Key, DPoP",
        b"access-control-max-age": b"600",
        b"cache-control": b"no-store",
    }


def test_what_is_for_everybody_does_not_vary_by_origin() -> None:
    headers = dict(preflight_answer(ANY_ORIGIN, ("GET",)).headers)
    assert headers[b"access-control-allow-origin"] == b"*"
    assert b"vary" not in headers


@pytest.mark.parametrize(
    ("asked", "origin"),
    [
        (scope("OPTIONS", (b"origin", APP.encode()), ASKED), APP),
        (scope("OPTIONS", (b"origin", b"null"), ASKED), "null"),
        (scope("OPTIONS", ASKED), None),
        (scope("OPTIONS", (b"origin", APP.encode())), None),
        (scope("OPTIONS", (b"origin", APP.encode()), (b"origin", APP.encode()), ASKED), None),
        (scope("POST", (b"origin", APP.encode()), ASKED), None),
    ],
)
def test_a_preflight_is_an_options_request_with_one_origin_and_a_method(
    asked: dict[str, object], origin: str | None
) -> None:
    assert preflight_origin(asked) == origin


def test_an_origin_that_comes_twice_is_none() -> None:
    assert origin_of(scope("POST", (b"origin", APP.encode()), (b"origin", b"https://evil.example"))) is None
    assert origin_of(scope("POST", (b"origin", APP.encode()))) == APP
