"""Which keys there are, when an answer is given again, and the ids that are derived."""

import re
import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.identifiers import AccountId
from keyfob_server.rules.idempotency import check_idempotency_key, derived_client_id, repeat_refusal
from keyfob_server.rules.records import Registration, RotatingSecret
from support_records import CLIENT, NOW

REPEATABLE = Registration(
    replace(CLIENT, answer_repeatable_until=NOW + 1), RotatingSecret("h", NOW), NOW, "active", "k", "r"
)


def test_no_header_is_no_key() -> None:
    assert check_idempotency_key(None) == ""


@pytest.mark.parametrize("key", ["x" * 16, "!~" * 64, "0123456789abcdef"])
def test_a_key_is_taken_as_it_is(key: str) -> None:
    assert check_idempotency_key(key) == key


@pytest.mark.parametrize("key", ["", "x" * 15, "x" * 129, "with a blank in it", "tab\tinside-the-key", "caf\u00e9" * 5])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest):
        check_idempotency_key(key)


@pytest.mark.parametrize(
    ("registration", "repeated"),
    [
        (REPEATABLE, True),
        (replace(REPEATABLE, client=replace(REPEATABLE.client, answer_repeatable_until=NOW)), False),
        (replace(REPEATABLE, client=replace(REPEATABLE.client, answer_repeatable_until=0)), False),
        (replace(REPEATABLE, client=replace(REPEATABLE.client, status="inactive")), False),
        (replace(REPEATABLE, client=replace(REPEATABLE.client, status="revoked")), False),
        (replace(REPEATABLE, owner_status="disabled"), False),
        (replace(REPEATABLE, owner_status=""), False),
        (replace(REPEATABLE, owner_status="", client=replace(REPEATABLE.client, owner=None)), True),
        (replace(REPEATABLE, client=replace(REPEATABLE.client, owner=AccountId("x"))), True),
    ],
)
def test_an_answer_is_given_again_for_a_while_and_while_all_of_it_lives(
    registration: Registration, *, repeated: bool
) -> None:
    assert (repeat_refusal(registration, NOW) is None) is repeated


@given(st.binary(min_size=16, max_size=32))
def test_a_derived_id_is_a_uuid_of_version_eight_in_lower_case(random: bytes) -> None:
    made = derived_client_id(random)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", made)
    assert uuid.UUID(made).variant == uuid.RFC_4122


def test_other_bytes_are_another_id() -> None:
    assert derived_client_id(bytes(16)) != derived_client_id(bytes(15) + b"\x01")
