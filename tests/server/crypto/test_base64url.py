import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.crypto import base64url


@pytest.mark.parametrize(
    ("value", "text"),
    [(b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"foob", "Zm9vYg"), (b"\xfb\xff", "-_8")],
)
def test_the_vectors_of_rfc_4648_section_10_without_padding(value: bytes, text: str) -> None:
    assert base64url.encode(value) == text
    assert base64url.decode(text) == value


@pytest.mark.parametrize(
    "text", ["Zh", "Zm9", "Z", "Zg==", "Zg=", "+_8", "-/8", "Zm 9v", "Zm9v\n", "\u0660\u0661", "\ud800", "Zm9v.Zm9v"]
)
def test_another_spelling_of_a_value_is_none(text: str) -> None:
    assert base64url.decode(text) is None


@given(st.binary())
def test_every_value_comes_back(value: bytes) -> None:
    assert base64url.decode(base64url.encode(value)) == value


@given(st.text("ABab01-_", max_size=12))
def test_what_decodes_encodes_to_the_same_text(text: str) -> None:
    value = base64url.decode(text)
    assert value is None or base64url.encode(value) == text
