import pytest

from keyfob_client.errors import InvalidConfiguration, ServerAnswerRefused, ServerUnavailable
from keyfob_client.json_answer import answered_document
from keyfob_client.messages import HttpResponse
from support_client import answer

ERROR = {"error": "invalid_scope", "error_description": "no"}


def test_exactly_the_status_that_is_due_brings_a_document() -> None:
    assert answered_document(answer(201, {"a": 1}), status=201, stage="registration") == {"a": 1}
    for status in (200, 202, 204, 301, 304, 400):
        with pytest.raises(ServerAnswerRefused):
            answered_document(answer(status, {"a": 1}), status=201, stage="registration")


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
def test_the_media_type_is_read_without_its_parameters(content_type: str) -> None:
    response = HttpResponse(200, (("content-type", content_type),), b"{}")
    assert answered_document(response, status=200, stage="metadata") == {}


@pytest.mark.parametrize("content_type", ["text/html", "text/json", "application/jwt", "application/jsonp", ""])
def test_another_media_type_is_refused(content_type: str) -> None:
    with pytest.raises(ServerAnswerRefused):
        answered_document(HttpResponse(200, (("Content-Type", content_type),), b"{}"), status=200, stage="metadata")


def test_errors_are_read_at_4xx_only() -> None:
    for status in (400, 401, 403, 404):
        with pytest.raises(InvalidConfiguration, match="invalid_scope: no"):
            answered_document(answer(status, ERROR), status=200, stage="refresh")
    for status in (200 + 2, 302):
        with pytest.raises(ServerAnswerRefused):
            answered_document(answer(status, ERROR), status=200, stage="refresh")
    with pytest.raises(ServerUnavailable):
        answered_document(answer(500, ERROR), status=200, stage="refresh")


def test_members_of_an_error_that_are_no_strings_are_passed_over() -> None:
    odd = {"error": "invalid_scope", "error_description": 7, "client_status": ["revoked"]}
    with pytest.raises(InvalidConfiguration) as caught:
        answered_document(answer(400, odd), status=200, stage="refresh", instance=True)
    assert (caught.value.description, caught.value.client_status) == ("", None)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("7", 7),
        (" 120 ", 120),
        ("0", 0),
        ("9" * 400, 86400),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 23 Nov 2026 22:00:00 GMT", None),
    ],
)
def test_an_answer_that_asks_for_patience_says_for_how_long(status: int, header: str, wait: int | None) -> None:
    response = HttpResponse(status, (("Content-Type", "application/json"), ("Retry-After", header)), b"{}")
    with pytest.raises(ServerUnavailable) as caught:
        answered_document(response, status=200, stage="refresh")
    assert caught.value.retry_after_s == wait


def test_without_the_header_nobody_said_how_long() -> None:
    with pytest.raises(ServerUnavailable) as caught:
        answered_document(answer(429, ERROR), status=200, stage="refresh")
    assert caught.value.retry_after_s is None
