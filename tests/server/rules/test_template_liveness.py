"""The liveness of a template's instance: its own row, its template's, and the version of its app."""

from dataclasses import replace

import pytest

from keyfob_protocol.errors import UnauthorizedClient
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.authorize import check_client
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.liveness import client_status, death_of_access, death_of_client
from keyfob_server.rules.records import Client, generations_of
from keyfob_server.rules.revocation import LeaveAlone, RevokeAccess, judge_access
from keyfob_server.rules.templates import TemplateLink
from support_records import ACCESS, ACCOUNT, GRANT, LOADED, client

LINK = TemplateLink(ClientId("the-app"), "active", 4)
INSTANCE = client(template=LINK, settings=ClientSettings(minimum_software_version="2"), metadata_software_version="2.1")
SEEN = generations_of(INSTANCE, ACCOUNT.generation)
OLD = replace(INSTANCE, metadata=replace(INSTANCE.metadata, software_version="1.9"))


@pytest.mark.parametrize(
    ("now", "death"),
    [
        (INSTANCE, None),
        (replace(INSTANCE, template=replace(LINK, status="inactive")), "template not active"),
        (replace(INSTANCE, template=replace(LINK, status="missing")), "template not active"),
        (replace(INSTANCE, template=replace(LINK, generation=5)), "template changed"),
        (replace(INSTANCE, template=None), "template changed"),
        (OLD, "app too old"),
        (replace(OLD, template=replace(LINK, generation=5)), "template changed"),
        (replace(OLD, status="revoked"), "client not active"),
    ],
)
def test_what_an_instance_was_given_lives_while_its_template_is_as_it_was(now: Client, death: str | None) -> None:
    assert death_of_client(now, SEEN) == death


@pytest.mark.parametrize("status", ["inactive", "missing", "", "Active"])
def test_an_instance_is_suspended_with_its_template(status: str) -> None:
    assert client_status(replace(INSTANCE, template=replace(LINK, status=status))) == "inactive"
    assert client_status(INSTANCE) is None


def test_an_app_that_is_too_old_is_not_suspended_but_told_to_update() -> None:
    assert client_status(OLD) is None
    check_client(INSTANCE)
    with pytest.raises(UnauthorizedClient, match="please update"):
        check_client(OLD)


def test_an_app_that_is_too_old_may_still_end_its_tokens() -> None:
    claims = replace(ACCESS, generations=SEEN)
    loaded = replace(LOADED, client=OLD, grant=replace(GRANT, generations=SEEN))
    assert death_of_access(claims, loaded) == "app too old"
    assert judge_access(claims, loaded, client_id=OLD.client_id) == RevokeAccess(claims.access_generation)
    off = replace(loaded, client=replace(OLD, template=replace(LINK, status="inactive")))
    assert judge_access(claims, off, client_id=OLD.client_id) == LeaveAlone("template not active")
