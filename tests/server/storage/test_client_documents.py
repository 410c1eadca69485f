"""The documents of instances of a template, as a hand may have left them."""

import json

import msgspec
import pytest

from keyfob_server.storage.client_documents import merged_metadata_of, own_members_of, text_of
from support_templates import SHARED


def test_members_that_metadata_has_not_are_left_out() -> None:
    assert own_members_of('{"instance_name": "x", "colour": "red", "contacts": ["a"]}') == {
        "instance_name": "x",
        "contacts": ("a",),
    }


@pytest.mark.parametrize("text", ["", "[]", "{", '{"instance_name": 7}', '{"contacts": "a"}', '{"names": []}'])
def test_a_document_of_a_wrong_shape_is_refused(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        own_members_of(text)


@pytest.mark.parametrize(
    ("overridable", "contacts"), [([], SHARED.contacts), (["contacts"], ("me@example.com",)), (["x"], SHARED.contacts)]
)
def test_the_settings_of_the_template_say_what_counts(overridable: list[str], contacts: tuple[str, ...]) -> None:
    own, settings = '{"contacts": ["me@example.com"]}', json.dumps({"overridable": overridable})
    assert merged_metadata_of(text_of(SHARED), own, settings).contacts == contacts
