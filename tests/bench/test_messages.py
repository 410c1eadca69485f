import pytest

from keyfob_bench.exchange import Answer, WrongAnswer
from keyfob_bench.messages import basic, expect, header, members, request

HEAD = b"HTTP/1.1 302 Found\r\nLocation: https://app.example/?code=1\r\ncontent-length: 0\r\n\r\n"


def test_a_form_is_sent_with_its_type_its_length_and_the_credentials() -> None:
    sent = request("POST", "/token", form={"scope": "a b"}, headers=basic("me", "secret"))
    head, _, body = sent.partition(b"\r\n\r\n")
    assert body == b"scope=a+b"
    assert head.split(b"\r\n") == [
        b"POST /token HTTP/1.1",
        b"Host: 127.0.0.1",
        b"Authorization: Basic bWU6c2VjcmV0",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: 9",
    ]


def test_a_document_is_sent_as_json_and_nothing_without_a_body() -> None:
    assert request("POST", "/", document={"a": 1}).endswith(b'Content-Length: 8\r\n\r\n{"a": 1}')
    assert request("GET", "/") == b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.mark.parametrize(
    ("status", "body"), [(400, b"{}"), (200, b"[]"), (200, b"{"), (200, b""), (200, b"\xff")], ids=str
)
def test_what_is_no_json_object_of_that_status_is_a_wrong_answer(status: int, body: bytes) -> None:
    with pytest.raises(WrongAnswer):
        members(Answer(status, HEAD, body))


def test_an_answer_is_right_with_its_status_and_what_it_must_hold() -> None:
    expect(Answer(200, HEAD, b'{"active":true}'), 200, b'"active":true')
    with pytest.raises(WrongAnswer):
        expect(Answer(200, HEAD, b'{"active":false}'), 200, b'"active":true')
    assert members(Answer(200, HEAD, b'{"a":1}')) == {"a": 1}


def test_a_header_is_found_whatever_the_case_of_its_name() -> None:
    assert header(Answer(302, HEAD, b""), b"location") == "https://app.example/?code=1"
    with pytest.raises(WrongAnswer):
        header(Answer(302, HEAD, b""), b"etag")


@pytest.mark.parametrize("body", [b'{"active":true}', b'{"active": true, "sub": "a"}'])
def test_a_space_after_a_colon_is_no_wrong_answer(body: bytes) -> None:
    expect(Answer(200, b"", body), 200, b'"active":true')


def test_another_value_is_a_wrong_answer_with_or_without_spaces() -> None:
    with pytest.raises(WrongAnswer, match="false"):
        expect(Answer(200, b"", b'{"active": false}'), 200, b'"active":true')
