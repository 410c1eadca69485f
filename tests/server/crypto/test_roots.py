import json
from collections.abc import Callable
from typing import Any

import pytest

from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import KeyFileUnusable, Roots, create_roots, parse_roots, render_roots

Document = dict[str, Any]
ROOTS = create_roots(SystemEntropy())


def as_document(roots: Roots) -> Document:
    document = json.loads(render_roots(roots))
    assert isinstance(document, dict)
    return document


def test_what_is_written_is_read_back() -> None:
    assert parse_roots(render_roots(ROOTS)) == ROOTS


def test_one_line_of_an_environment_variable_is_read() -> None:
    assert parse_roots(json.dumps(as_document(ROOTS))) == ROOTS


def test_two_installations_share_no_key() -> None:
    first, second = create_roots(SystemEntropy()), create_roots(SystemEntropy())
    keys = [root.key for roots in (first, second) for root in (*roots.sealing, *roots.verification, *roots.pairwise)]
    assert len(set(keys)) == 6
    assert {len(key) for key in keys} == {32}


def test_the_representation_shows_no_key() -> None:
    shown = f"{ROOTS!r} {ROOTS} {ROOTS.sealing[0]!r}"
    for root in (*ROOTS.sealing, *ROOTS.verification, *ROOTS.pairwise):
        assert repr(root.key) not in shown
        assert root.key.hex() not in shown
        assert root.id in shown


def test_the_first_key_of_a_root_stays_the_first() -> None:
    older, newer = create_roots(SystemEntropy()), create_roots(SystemEntropy())
    both = Roots(
        sealing=newer.sealing + older.sealing,
        verification=older.verification + newer.verification,
        pairwise=older.pairwise,
    )
    assert parse_roots(render_roots(both)) == both


def without_verification(document: Document) -> None:
    del document["verification"]


def with_another_member(document: Document) -> None:
    document["comment"] = "made on a Monday"


def with_another_form(document: Document) -> None:
    document["form"] = 2


def with_an_empty_root(document: Document) -> None:
    document["sealing"] = []


def with_too_many_keys(document: Document) -> None:
    document["sealing"] = document["sealing"] * 17


def with_no_list(document: Document) -> None:
    document["sealing"] = document["sealing"][0]


def with_a_short_key(document: Document) -> None:
    document["sealing"][0]["key"] = "c2hvcnQ"


def with_standard_base64(document: Document) -> None:
    document["sealing"][0]["key"] = "+" * 43


def with_padding(document: Document) -> None:
    document["sealing"][0]["key"] += "="


def with_a_number_for_a_key(document: Document) -> None:
    document["sealing"][0]["key"] = 7


def with_a_bad_id(document: Document) -> None:
    document["sealing"][0]["id"] = "ABCDEF01"


def with_a_key_in_two_roots(document: Document) -> None:
    document["verification"] = document["sealing"]


def with_two_keys_of_one_id(document: Document) -> None:
    other = create_roots(SystemEntropy()).sealing[0]
    document["sealing"] += as_document(Roots((other,), ROOTS.verification, ROOTS.pairwise))["sealing"]
    document["sealing"][1]["id"] = document["sealing"][0]["id"]


def with_two_pairwise_keys(document: Document) -> None:
    document["pairwise"] += as_document(create_roots(SystemEntropy()))["pairwise"]


@pytest.mark.parametrize(
    "spoil",
    [
        without_verification,
        with_another_member,
        with_another_form,
        with_an_empty_root,
        with_too_many_keys,
        with_no_list,
        with_a_short_key,
        with_standard_base64,
        with_padding,
        with_a_number_for_a_key,
        with_a_bad_id,
        with_a_key_in_two_roots,
        with_two_keys_of_one_id,
        with_two_pairwise_keys,
    ],
)
def test_a_key_text_with_a_fault_is_refused_in_one_line_that_holds_no_key(spoil: Callable[[Document], None]) -> None:
    document = as_document(ROOTS)
    spoil(document)
    with pytest.raises(KeyFileUnusable) as refused:
        parse_roots(json.dumps(document))
    said = str(refused.value)
    assert "\n" not in said
    for entry in as_document(ROOTS)["sealing"]:
        assert entry["key"] not in said


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "7", "[" * 100_000, '{"form": 1, "form": 1}', "\x00"])
def test_what_is_no_json_object_with_each_name_once_is_refused(text: str) -> None:
    with pytest.raises(KeyFileUnusable):
        parse_roots(text)
