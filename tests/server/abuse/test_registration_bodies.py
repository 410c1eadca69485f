"""Bodies that a registration endpoint must survive: too large, too deep, no JSON, of the wrong types."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyfob_protocol.metadata_members import MEMBERS, Kind
from support_app import LOGGED_OUT, REDIRECT, REGISTER, SEED_REQUEST, Keyfob, bearer
from support_sql import records

LIMIT = 64 * 1024
SEED = json.dumps(SEED_REQUEST)[:-1]
"""The start of a good document, to which a member is added."""


@pytest.fixture(scope="module")
def token(keyfob: Keyfob) -> str:
    """Never spent: everything here is refused."""
    return keyfob.initial_token()


def post(keyfob: Keyfob, body: bytes, token: str, content_type: str = "application/json") -> tuple[int, str]:
    answer = keyfob.request(
        "POST", REGISTER, content=body, headers=bearer(token) | ({"content-type": content_type} if content_type else {})
    )
    return answer.status_code, answer.json().get("error", "")


REFUSED = {
    "nothing": b"",
    "no JSON": b"redirect_uris=x",
    "cut off": SEED.encode(),
    "more after it": f"{SEED}}} x".encode(),
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"1",
    "null": b"null",
    "trailing comma": f"{SEED},}}".encode(),
    "comment": f"{SEED}/**/}}".encode(),
    "a member twice": f'{SEED},"scope":"openid"}}'.encode(),
    "a nested member twice": f'{SEED},"x":{{"a":1,"a":2}}}}'.encode(),
    "nine levels": f'{SEED},"x":{"[" * 8}{"]" * 8}}}'.encode(),
    "ten thousand levels": f'{SEED},"x":{"[" * 10_000}{"]" * 10_000}}}'.encode(),
    "ten thousand levels, never closed": b'{"x":' + b"[" * 10_000,
    "levels of objects": b'{"x":' * 9_000 + b"1" + b"}" * 9_000,
    "sixty thousand digits": f'{SEED},"x":{"9" * 60_000}}}'.encode(),
    "a huge exponent": f'{SEED},"x":1e999999}}'.encode(),
    "NaN": f'{SEED},"x":NaN}}'.encode(),
    "Infinity": f'{SEED},"x":-Infinity}}'.encode(),
    "a lone surrogate": f'{SEED},"client_name":"\\ud800"}}'.encode(),
    "a lone surrogate for a name": f'{SEED},"\\udfff":1}}'.encode(),
    "NUL for a name": f'{SEED},"status\\u0000":1}}'.encode(),
    "a byte order mark": b"\xef\xbb\xbf" + SEED.encode() + b"}",
    "UTF-16": f"{SEED}}}".encode("utf-16"),
    "UTF-32": f"{SEED}}}".encode("utf-32-le"),
    "no UTF-8": SEED.encode() + b',"client_name":"\xff"}',
}


@pytest.mark.parametrize("name", REFUSED)
def test_f19_a_body_that_is_not_strict_json_is_invalid_client_metadata(keyfob: Keyfob, token: str, name: str) -> None:
    before = records(keyfob.database)
    assert post(keyfob, REFUSED[name], token) == (400, "invalid_client_metadata")
    assert records(keyfob.database) == before


@pytest.mark.parametrize("authorized", [True, False])
def test_f19_a_body_over_the_limit_is_413_before_anything_else_looks_at_it(
    keyfob: Keyfob, token: str, *, authorized: bool
) -> None:
    before = records(keyfob.database)
    for body in (b"x" * (LIMIT + 1), b"[" * 1_000_000, b'{"a":' * 300_000):
        assert post(keyfob, body, token if authorized else "x")[0] == 413
    assert records(keyfob.database) == before


def test_f19_a_document_of_exactly_the_limit_with_thousands_of_unknown_members_is_taken(keyfob: Keyfob) -> None:
    members = "".join(f',"m{number}":{number}' for number in range(3000))
    padding = LIMIT - len(f'{SEED}{members},"p":""}}')
    body = f'{SEED}{members},"p":"{"x" * padding}"}}'.encode()
    assert len(body) == LIMIT
    assert post(keyfob, body, keyfob.initial_token()) == (201, "")


def test_f19_names_are_told_apart_by_their_letters_case(keyfob: Keyfob, token: str) -> None:
    body = json.dumps({"Redirect_URIs": [REDIRECT], "REDIRECT_URIS": [REDIRECT]}).encode()
    assert post(keyfob, body, token) == (400, "invalid_redirect_uri")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
documents = st.dictionaries(st.sampled_from(sorted(MEMBERS)) | st.text(max_size=20), json_values, max_size=6)


@settings(max_examples=150)
@given(body=documents.map(lambda document: json.dumps(document).encode()) | st.binary(max_size=300))
def test_f19_whatever_the_bytes_are_the_answer_is_in_good_order(keyfob: Keyfob, body: bytes) -> None:
    assert post(keyfob, body, keyfob.initial_token()) in {
        (400, "invalid_client_metadata"),
        (400, "invalid_redirect_uri"),
        (400, "unapproved_software_statement"),
        (201, ""),
    }


VALUES: dict[str, object] = {
    "text": "x",
    "number": 7,
    "fraction": 1.5,
    "negative": -1,
    "true": True,
    "null": None,
    "object": {},
    "list of texts": [REDIRECT],
    "list of numbers": [1],
    "list with null": [REDIRECT, None],
    "list of lists": [[REDIRECT]],
}
RIGHT = {
    Kind.URIS: {"text", "list of texts"},
    Kind.LIST: {"list of texts"},
    Kind.FLAG: {"true"},
    Kind.NUMBER: {"number"},
    Kind.KEYS: {"object"},
}
"""The types of each kind of member; the others are texts."""


@pytest.mark.parametrize("member", MEMBERS)
def test_f20_a_member_of_the_wrong_type_is_invalid_client_metadata(keyfob: Keyfob, token: str, member: str) -> None:
    before = records(keyfob.database)
    for name, value in VALUES.items():
        if name not in RIGHT.get(MEMBERS[member], {"text"}):
            answer = keyfob.register(token, SEED_REQUEST | {member: value})
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata"), name
            assert member in answer.json()["error_description"], name
    assert records(keyfob.database) == before


@pytest.mark.parametrize(("sent", "registered"), [("false", False), ("true", True), (True, True), (False, False)])
def test_f20_a_boolean_written_as_a_string_is_taken(keyfob: Keyfob, sent: object, *, registered: bool) -> None:
    document = keyfob.new_instance(requires_consent=sent).document
    assert document.get("requires_consent", False) is registered


@pytest.mark.parametrize("sent", ["yes", "", "False", "TRUE", 0, 1, "1", ["true"]])
def test_f20_nothing_else_is_taken_for_a_boolean(keyfob: Keyfob, token: str, sent: object) -> None:
    answer = keyfob.register(token, SEED_REQUEST | {"requires_consent": sent})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


def test_f20_a_single_uri_where_a_list_is_due_is_taken(keyfob: Keyfob) -> None:
    document = keyfob.new_instance(redirect_uris=REDIRECT, post_logout_redirect_uris=LOGGED_OUT).document
    assert (document["redirect_uris"], document["post_logout_redirect_uris"]) == ([REDIRECT], [LOGGED_OUT])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/json; charset=utf-16",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
    ],
)
def test_f24_any_other_media_type_is_refused(keyfob: Keyfob, token: str, content_type: str) -> None:
    before = records(keyfob.database)
    assert post(keyfob, f"{SEED}}}".encode(), token, content_type) == (400, "invalid_client_metadata")
    assert records(keyfob.database) == before


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])
def test_f24_the_charset_may_be_said(keyfob: Keyfob, content_type: str) -> None:
    assert post(keyfob, f"{SEED}}}".encode(), keyfob.initial_token(), content_type) == (201, "")
