"""rules.scope_texts: the texts of an operator's scopes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.rules.scope_texts import MAX_SCOPES, MAX_TEXT, ScopeTexts, parse, scope_texts_fault

SCOPES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, blacklist_characters='"\\'), min_size=1)
TEXTS = st.text(st.characters(whitelist_categories=("L", "N")), min_size=1, max_size=MAX_TEXT)


@given(st.dictionaries(SCOPES.map(lambda text: text[:100]).filter(lambda text: text != "dcr"), TEXTS, max_size=20))
def test_what_is_stored_is_read_as_it_was(texts: dict[str, str]) -> None:
    stored = ScopeTexts(tuple(sorted(texts.items())))
    assert scope_texts_fault(stored) is None
    assert parse(stored.encode()) == stored


def test_nothing_is_stored_as_nothing() -> None:
    assert ScopeTexts().encode() == ""
    assert parse("") == ScopeTexts()


@pytest.mark.parametrize(
    ("pairs", "fault"),
    [
        ((("a b", "Text"),), "'a b' is no scope: 1 to 100 visible ASCII characters, no quotes or backslashes"),
        ((("", "Text"),), "'' is no scope: 1 to 100 visible ASCII characters, no quotes or backslashes"),
        ((("dcr", "Text"),), "dcr has a page of its own, and no text"),
        ((("a", " "),), f"the text of a has 1 to {MAX_TEXT} characters, and no control characters"),
        ((("a", "x" * (MAX_TEXT + 1)),), f"the text of a has 1 to {MAX_TEXT} characters, and no control characters"),
        ((("a", "x\u202ey"),), f"the text of a has 1 to {MAX_TEXT} characters, and no control characters"),
        (tuple((f"s{number}", "x") for number in range(MAX_SCOPES + 1)), f"there are at most {MAX_SCOPES} scopes"),
    ],
)
def test_what_is_wrong_is_said(pairs: tuple[tuple[str, str], ...], fault: str) -> None:
    assert scope_texts_fault(ScopeTexts(pairs)) == fault


@pytest.mark.parametrize("text", ["[]", "{", '{"dcr": "x"}', '{"a": ""}'])
def test_what_nobody_here_wrote_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)
