"""Versions of apps: which is older, by a table."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.software_versions import is_older, is_too_old, version_numbers
from keyfob_server.rules.templates import TemplateLink
from support_records import client


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1", (1,)),
        ("0", (0,)),
        ("0.0", (0,)),
        ("1.10.0", (1, 10)),
        ("01.02", (1, 2)),
        ("2.1.0-beta.3", (2, 1)),
        ("2.1+45", (2, 1)),
        ("2.1 (7)", (2, 1)),
        ("2.1(7)", (2, 1)),
        ("2.1b", None),
        ("v2", None),
        ("2.", None),
        (".2", None),
        ("2..1", None),
        ("-1", None),
        ("", None),
        (" 1", None),
        ("1\n", None),
        ("\u0661.\u0662", None),
        ("9" * 10, None),
        (".".join("1" * 11), None),
        ("beta", None),
    ],
)
def test_a_version_is_numbers_with_dots(text: str, numbers: tuple[int, ...] | None) -> None:
    assert version_numbers(text) == numbers


@pytest.mark.parametrize(
    ("version", "minimum", "older"),
    [
        ("1.9", "1.10", True),
        ("1.10", "1.9", False),
        ("1.10", "1.10.0", False),
        ("1.10.0", "1.10", False),
        ("1", "1.0.1", True),
        ("2", "1.9.9", False),
        ("2.0-beta", "2.0", False),
        ("", "1", True),
        ("beta", "1", True),
        ("", "", False),
        ("beta", "", False),
        ("5", "newest", True),
    ],
)
def test_a_version_is_older_by_its_numbers(version: str, minimum: str, *, older: bool) -> None:
    assert is_older(version, minimum) is older


@pytest.mark.parametrize(("version", "too_old"), [("1", True), ("2", False), ("", True)])
def test_an_instance_is_too_old_by_its_template(version: str, *, too_old: bool) -> None:
    settings = ClientSettings(minimum_software_version="2")
    plain = client(metadata_software_version=version, settings=settings)
    assert not is_too_old(plain)
    assert is_too_old(replace(plain, template=TemplateLink(ClientId("the-app"), "active", 1))) is too_old
