import pytest

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.parameters import Parameters, parse_parameters
from keyfob_protocol.presented_token import parse_presented_token, presented_token_parameters


@pytest.mark.parametrize("hint", ["", "access_token", "refresh_token"])
def test_the_token_is_read_as_it_was_written_whatever_the_hint(hint: str) -> None:
    assert parse_presented_token(Parameters(presented_token_parameters("t-1", hint=hint))) == "t-1"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "token is missing"),
        ("token=", "token is missing"),
        ("token=a&token=a", "more than once"),
        ("token=a&token_type_hint=x&token_type_hint=x", "more than once"),
        ("token=a&resource=x&resource=y", "more than once"),
    ],
)
def test_there_is_one_token_and_nothing_is_said_twice(body: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        parse_presented_token(parse_parameters(body))
