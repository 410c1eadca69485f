from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.scopes import MAX_SCOPE_LENGTH, format_scope, parse_scope

Parser = Callable[[str | None], tuple[str, ...]]
TOKEN_CHARACTERS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"\\')
SAMPLES = ("openid", "openid profile", "dcr\tadmin", "openid\u00a0dcr", "a,b", "a\nb", "a  b", " a", "a\u2003dcr")


def names_only_what_stands_between_spaces(parser: Parser, text: str) -> bool:
    """Whether every name stands in the text between single spaces, made of the characters of RFC 6749 3.3 alone."""
    try:
        scope = parser(text)
    except InvalidScope:
        return True
    return all(name in text.split(" ") and name and set(name) <= set(TOKEN_CHARACTERS) for name in scope)


def mutant_that_splits_at_any_white_space(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((text or "").split()))


@given(st.text(max_size=60) | st.text('ab \t"\\\u00a0', max_size=12))
def test_a_scope_never_holds_more_than_was_written(text: str) -> None:
    assert names_only_what_stands_between_spaces(parse_scope, text)


@pytest.mark.parametrize("text", SAMPLES)
def test_a_scope_never_holds_more_than_was_written_in_the_samples(text: str) -> None:
    assert names_only_what_stands_between_spaces(parse_scope, text)


def test_the_property_fails_for_a_parser_that_splits_at_any_white_space() -> None:
    parser = mutant_that_splits_at_any_white_space
    assert not all(names_only_what_stands_between_spaces(parser, text) for text in SAMPLES)


@given(st.lists(st.text(TOKEN_CHARACTERS, min_size=1, max_size=8), max_size=8, unique=True))
def test_a_scope_is_read_as_it_was_written(names: list[str]) -> None:
    assert parse_scope(format_scope(tuple(names))) == tuple(names)


def test_the_order_stays_and_doubles_go() -> None:
    assert parse_scope("profile openid profile") == ("profile", "openid")


@pytest.mark.parametrize("text", [None, ""])
def test_an_absent_scope_is_empty(text: str | None) -> None:
    assert parse_scope(text) == ()


@pytest.mark.parametrize(
    "text", [" openid", "openid ", "a  b", "a\tb", "a\nb", 'a"b', "a\\b", "é", "a\x7f", " ", "a\n"]
)
def test_what_is_no_scope_is_refused(text: str) -> None:
    with pytest.raises(InvalidScope):
        parse_scope(text)


def test_a_scope_has_a_length() -> None:
    assert parse_scope("x" * MAX_SCOPE_LENGTH)
    with pytest.raises(InvalidScope, match="longer than 2048"):
        parse_scope("x" * (MAX_SCOPE_LENGTH + 1))
