import pytest

from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.transcript import (
    SECRET_MEMBERS,
    describe_request,
    describe_response,
    describe_url,
    print_exchange,
    print_url,
    shortened,
)
from keyfob_protocol.json_document import dump_json
from keyfob_protocol.parameters import encode_parameters

SECRET = "SecretSecretSecretSecretSecretkNL1"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
JSON = (("Content-Type", "application/json"),)


def test_a_secret_keeps_its_end_and_a_short_one_nothing() -> None:
    assert shortened(SECRET) == "...etkNL1"
    assert shortened("123456789012345678") == "..."


@pytest.mark.parametrize("name", sorted(SECRET_MEMBERS))
def test_a_secret_is_shortened_wherever_it_stands(name: str) -> None:
    form = HttpRequest(
        "POST", "https://as.example/token", FORM, encode_parameters([(name, SECRET), ("a", "b")]).encode()
    )
    json_answer = HttpResponse(200, JSON, dump_json({name: SECRET, "a": "b"}))
    url = f"https://as.example/authorize?{encode_parameters([(name, SECRET), ('a', 'b')])}"
    for text in (describe_request(form), describe_response(json_answer), describe_url(url)):
        assert SECRET not in text
        assert "...etkNL1" in text
        assert "b" in text


def test_a_secret_of_another_type_is_not_shown_at_all() -> None:
    assert "12345" not in describe_response(HttpResponse(200, JSON, dump_json({"code": 12345, "state": [SECRET]})))
    assert SECRET not in describe_response(HttpResponse(200, JSON, dump_json({"state": [SECRET]})))


def test_credentials_in_headers_are_shortened_and_other_headers_left_out() -> None:
    request = HttpRequest("POST", "https://as.example/", (("Authorization", f"Bearer {SECRET}"), ("Cookie", SECRET)))
    assert "Authorization: Bearer ...etkNL1" in describe_request(request)
    assert SECRET not in describe_request(request)
    answer = HttpResponse(303, (("Location", f"https://app.example/cb?code={SECRET}"), ("Set-Cookie", SECRET)))
    assert "Location: https://app.example/cb" in describe_response(answer)
    assert SECRET not in describe_response(answer)


def test_what_cannot_be_read_is_measured_and_not_shown() -> None:
    assert describe_response(HttpResponse(200, (), b"%zz" + SECRET.encode())).endswith("(37 characters)")


def test_an_answer_cannot_drive_the_terminal() -> None:
    text = describe_response(HttpResponse(400, JSON, dump_json({"error": "\x1b[2J\u202e", "\x1b": "a"})))
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_observers_print(capsys: pytest.CaptureFixture[str]) -> None:
    print_exchange(HttpRequest("GET", "https://as.example/jwks"), HttpResponse(200))
    print_url("https://as.example/authorize?a=b")
    out = capsys.readouterr().out
    assert out.splitlines() == [
        ">> GET https://as.example/jwks",
        "<< HTTP 200",
        "-- browser: https://as.example/authorize",
        "    a=b",
    ]
