"""What is in force when an instance says something over its template."""

from dataclasses import fields, replace

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.metadata_members import MEMBERS, TAGGED_MEMBERS
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.template_members import INSTANCE_MEMBERS, OVERRIDABLE, laid_over, may_override
from support_templates import SHARED

EVERYTHING = ClientSettings(overridable=(*OVERRIDABLE, "software_id", "application_type", "subject_type"))


def test_every_member_that_can_be_said_is_known_and_kept() -> None:
    kept = {field.name for field in fields(ClientMetadata)} | TAGGED_MEMBERS.keys()
    assert {*OVERRIDABLE, *INSTANCE_MEMBERS} <= kept & MEMBERS.keys()
    assert not set(OVERRIDABLE) & set(INSTANCE_MEMBERS)


@pytest.mark.parametrize(
    "name", ["software_id", "application_type", "subject_type", "instance_name", "", "#fr", "names"]
)
def test_some_members_are_never_overridden(name: str) -> None:
    assert not may_override(EVERYTHING, name)


@pytest.mark.parametrize("name", ["client_name", "client_name#fr", "client_name#de-CH"])
def test_a_name_stands_for_its_translations(name: str) -> None:
    assert may_override(ClientSettings(overridable=("client_name",)), name)
    assert not may_override(ClientSettings(overridable=("client_uri",)), name)


def test_an_instance_that_says_nothing_is_its_template() -> None:
    assert laid_over(SHARED, {}, EVERYTHING) == SHARED


def test_what_the_template_does_not_leave_to_instances_does_not_count() -> None:
    own: dict[str, object] = {"contacts": ("x",), "software_id": "x", "names": {"client_name": "x"}, "scope": ("x",)}
    assert laid_over(SHARED, own, ClientSettings()) == SHARED


def test_of_scope_and_grant_types_an_instance_has_what_the_template_has_too() -> None:
    own: dict[str, object] = {"scope": ("email", "profile"), "grant_types": ("authorization_code", "password")}
    expected = replace(SHARED, scope=("profile",), grant_types=("authorization_code",))
    assert laid_over(SHARED, own, EVERYTHING) == expected
