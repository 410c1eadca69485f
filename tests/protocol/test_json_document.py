import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.json_document import (
    MAX_BYTES,
    MAX_DEPTH,
    JsonDocumentError,
    dump_json,
    parse_json_array,
    parse_json_object,
)

scalars = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"]))
)
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
documents = st.dictionaries(
    names,
    st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=8),
    max_size=5,
)

NOT_READ_ALIKE = {
    "nothing": b"",
    "an array": b"[]",
    "a string": b'"a"',
    "null": b"null",
    "text after the object": b"{} {}",
    "a trailing comma": b'{"a":1,}',
    "a comment": b'{"a":1}//x',
    "single quotes": b"{'a':1}",
    "a member twice": b'{"a":1,"a":2}',
    "a member twice by an escape": b'{"a":1,"\\u0061":2}',
    "a member twice further down": b'{"a":[{"b":1,"b":1}]}',
    "NaN": b'{"a":NaN}',
    "Infinity": b'{"a":Infinity}',
    "minus Infinity": b'{"a":-Infinity}',
    "a number that overflows": b'{"a":1e400}',
    "an integer beyond 2^53": b'{"a":9007199254740992}',
    "a negative integer beyond 2^53": b'{"a":-9007199254740992}',
    "a long fraction": b'{"a":0.' + b"1" * 40 + b"}",
    "a million digits would be too many, so are 40": b'{"a":' + b"9" * 40 + b"}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a":1}'.encode("utf-16-le"),
    "Latin-1": b'{"a":"\xe9"}',
    "an encoded surrogate": b'{"a":"\xed\xa0\x80"}',
    "an escaped lone surrogate": b'{"a":"\\ud800"}',
    "an escaped lone surrogate in a name": b'{"\\udfff":1}',
    "an escaped lone surrogate in an array": b'{"a":["\\udc00\\ud800"]}',
    "NUL in a name": b'{"a\\u0000":1}',
    "a control character in a string": b'{"a":"\n"}',
    "brackets alone": b"[" * 1000,
    "an escape between many brackets": b"[]" * 9 + b"\\n" + b"[]" * 9,
}


@pytest.mark.parametrize("body", NOT_READ_ALIKE.values(), ids=NOT_READ_ALIKE)
def test_f19_what_readers_may_read_differently_is_refused(body: bytes) -> None:
    with pytest.raises(JsonDocumentError):
        parse_json_object(body)


@pytest.mark.parametrize("opening", [b'{"a":', b"[", b'{"a":['])
def test_f19_deep_nesting_is_refused_without_recursion(opening: bytes) -> None:
    body = (opening * 10_000)[:MAX_BYTES]
    with pytest.raises(JsonDocumentError, match="nested deeper"):
        parse_json_object(body)


def test_depth_is_allowed_up_to_the_limit_and_no_further() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' * depth + b"1" + b"}" * depth

    assert parse_json_object(nested(MAX_DEPTH))
    with pytest.raises(JsonDocumentError, match="nested deeper"):
        parse_json_object(nested(MAX_DEPTH + 1))


def test_brackets_inside_strings_are_no_depth() -> None:
    assert parse_json_object(b'{"a":"' + b"[{" * 50 + b'\\"[[["}') == {"a": "[{" * 50 + '"[[['}


def test_f19_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(JsonDocumentError, match="larger than 65536 bytes"):
        parse_json_object(b"\xff" * (MAX_BYTES + 1))


def test_a_hundred_thousand_members_do_not_fit() -> None:
    body = json.dumps({str(number): number for number in range(100_000)}).encode()
    with pytest.raises(JsonDocumentError):
        parse_json_object(body)


@pytest.mark.parametrize("body", [b'{"a":9007199254740991}', b'{"a":-1.5e3}', b' {"a":"\\ud83d\\ude00"}\n'])
def test_sound_documents_are_read(body: bytes) -> None:
    assert parse_json_object(body) == json.loads(body)


@given(documents)
def test_what_is_written_is_read_again(document: dict[str, object]) -> None:
    depth_allowed = 100
    assert parse_json_object(dump_json(document), max_depth=depth_allowed) == document


def test_output_is_compact_utf8() -> None:
    assert dump_json({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()


def test_not_a_number_is_never_written() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        dump_json({"a": float("nan")})


@given(st.binary(max_size=200) | st.text('{}[]",:\\u0ad8e1-.+ tfn', max_size=200).map(str.encode))
def test_f19_no_bytes_raise_anything_but_the_document_error(body: bytes) -> None:
    message = refusal_of(body)
    assert message.isprintable()
    assert not set(message) & set('"\\')


def refusal_of(body: bytes) -> str:
    try:
        parse_json_object(body)
    except JsonDocumentError as error:
        return str(error)
    return ""


def test_an_array_is_read_as_strictly_as_an_object() -> None:
    assert parse_json_array(b'[1, "a", {"b": []}]') == [1, "a", {"b": []}]
    refused = {
        b"{}": "not a JSON array",
        b'"a"': "not a JSON array",
        b"null": "not a JSON array",
        b"[": "not JSON",
        b"": "not JSON",
        b"[] []": "not JSON",
        b'[{"a": 1, "a": 2}]': "occurs twice",
        b'["\\ud800"]': "lone surrogate",
        b"[NaN]": "NaN",
        b"[1e999]": "out of range",
        b"\xef\xbb\xbf[]": "byte order mark",
        b"[" * 9 + b"]" * 9: "deeper than 8",
        b"[" + b" " * MAX_BYTES + b"]": "larger than",
    }
    for body, words in refused.items():
        with pytest.raises(JsonDocumentError, match=words):
            parse_json_array(body)


def test_an_array_is_no_object() -> None:
    with pytest.raises(JsonDocumentError, match="not a JSON object"):
        parse_json_object(b"[]")
