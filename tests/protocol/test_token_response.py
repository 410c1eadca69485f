import pytest

from keyfob_protocol.response_members import MalformedResponse
from keyfob_protocol.token_response import TokenResponse, parse_token_response

WHOLE: dict[str, object] = {
    "access_token": "at",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "openid profile",
    "refresh_token": "rt",
    "id_token": "it",
}


def test_a_whole_answer_is_read_and_written_alike() -> None:
    response = parse_token_response(WHOLE)
    assert response == TokenResponse("at", "Bearer", 300, ("openid", "profile"), "rt", "it")
    assert response.document() == WHOLE


def test_a_bare_answer_is_read_and_written_alike() -> None:
    bare: dict[str, object] = {"access_token": "at", "token_type": "bearer"}
    assert parse_token_response(bare) == TokenResponse("at", "bearer", None, ())
    assert parse_token_response(bare).document() == bare


def test_unknown_members_are_ignored() -> None:
    assert parse_token_response(WHOLE | {"foci": 1, "error": "no"}) == parse_token_response(WHOLE)


def test_null_is_absent() -> None:
    assert parse_token_response(WHOLE | {"refresh_token": None}).refresh_token is None


@pytest.mark.parametrize(("name", "value"), [
    ("access_token", None), ("access_token", ""), ("access_token", 1), ("access_token", ["at"]), ("token_type", None),
    ("token_type", {}), ("expires_in", "300"), ("expires_in", -1), ("expires_in", 1.5), ("expires_in", True),
    ("expires_in", float("inf")), ("scope", ["openid"]), ("scope", "a  b"), ("refresh_token", 1), ("id_token", {}),
])  # fmt: skip
def test_a_member_of_the_wrong_type_is_named(name: str, value: object) -> None:
    with pytest.raises(MalformedResponse, match=name):
        parse_token_response(WHOLE | {name: value})


def test_a_whole_number_with_a_point_is_a_number_of_seconds() -> None:
    assert parse_token_response(WHOLE | {"expires_in": 300.0}).expires_in == 300
