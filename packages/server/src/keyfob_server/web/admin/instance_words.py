"""Instances and what happened to them, as administrators read them."""

from typing import Final
from urllib.parse import quote

from keyfob_protocol.parameters import encode_parameters
from keyfob_server.endpoints.admin_instances import InstanceStory
from keyfob_server.endpoints.kill import Killed
from keyfob_server.rules.instance_search import GrantSummary
from keyfob_server.rules.records import ACTIVE, FINAL
from keyfob_server.rules.summaries import InstanceSummary
from keyfob_server.web.admin.instance_views import (
    ActOffered,
    GrantRow,
    InstanceRow,
    InstanceView,
    ReceiptShown,
    StatusShown,
)
from keyfob_server.web.admin.views import Fact, Frame
from keyfob_server.web.admin.words import history_row, status_word, utc

_KNOWN: Final = (ACTIVE, *FINAL)
_OFFERED: Final = {"suspend": "Suspend", "reactivate": "Reactivate", "revoke": "Revoke for ever"}


def row_of(instance: InstanceSummary) -> InstanceRow:
    return InstanceRow(
        client_id=instance.client_id,
        path=_path(instance.client_id),
        app=instance.client_name,
        name=instance.instance_name,
        user_name=instance.user_name,
        template=instance.template,
        status=status_of(instance.status),
        created=utc(instance.created),
        last_used=utc(instance.last_used),
    )


def status_of(status: str) -> StatusShown:
    return StatusShown(status if status in _KNOWN else "inactive", status_word(status))


def view_of(frame: Frame, story: InstanceStory) -> InstanceView:
    summary = story.summary
    return InstanceView(
        frame=frame,
        title=summary.instance_name or story.client.metadata.client_name or "Instance",
        status=status_of(summary.status),
        status_text=_status_text(story),
        facts=_facts(story),
        metadata=tuple(_metadata_fact(name, value) for name, value in story.client.metadata.document().items()),
        grants=tuple(_grant_row(story, grant) for grant in story.grants),
        history=tuple(history_row(record) for record in story.history),
        acts=_acts(summary),
    )


def receipt_shown(killed: Killed) -> ReceiptShown:
    receipt = killed.receipt
    return ReceiptShown(
        client_id=receipt.client_id,
        path=_path(receipt.client_id),
        facts=(
            Fact("Status now", status_word(receipt.status)),
            Fact("In force since", utc(receipt.effective_at)),
            Fact("Sign-ins that ended", str(receipt.grants)),
            Fact("Reason", receipt.reason),
        ),
        signed=killed.signed,
    )


def _acts(summary: InstanceSummary) -> tuple[ActOffered, ...]:
    if summary.status in FINAL:
        return ()
    names = ("suspend", "revoke") if summary.status == ACTIVE else ("reactivate", "revoke")
    return tuple(
        ActOffered(
            _OFFERED[name],
            f"/admin/instances/change?{encode_parameters([('act', name), ('id', summary.client_id)])}",
            dangerous=name == "revoke",
        )
        for name in names
    )


def _status_text(story: InstanceStory) -> str:
    summary, template = story.summary, story.client.template
    if summary.status == ACTIVE:
        off = template is not None and template.status != ACTIVE
        return "Its template is switched off, and all instances of it with it." if off else ""
    parts = [
        f"by {summary.status_by}" if summary.status_by else "",
        f"on {utc(summary.status_at)}" if summary.status_at else "",
        f"because: {summary.status_reason}" if summary.status_reason else "",
    ]
    return " ".join(part for part in parts if part)


def _facts(story: InstanceStory) -> tuple[Fact, ...]:
    summary, metadata = story.summary, story.client.metadata
    claimed = " ".join(part for part in (summary.instance_platform, metadata.instance_os_version) if part)
    software = " ".join(part for part in (metadata.software_id, metadata.software_version) if part)
    facts = (
        Fact("Client id", summary.client_id, code=True),
        Fact("App", metadata.client_name),
        Fact("Owner", summary.user_name or "Nobody yet: the first person who signs in"),
        Fact("Owner's account", story.owner.status if story.owner else ""),
        Fact("Template", summary.template, code=True),
        Fact("Registered through", summary.initial_client, code=True),
        Fact("Device, as it says", claimed),
        Fact("Software, as it says", software),
        Fact("Registered", utc(summary.created)),
        Fact("Last used", utc(summary.last_used)),
    )
    return tuple(fact for fact in facts if fact.value)


def _metadata_fact(name: str, value: object) -> Fact:
    text = " ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return Fact(name, text, code=True)


def _grant_row(story: InstanceStory, grant: GrantSummary) -> GrantRow:
    live = story.is_live(grant)
    reason = f": {grant.status_reason}" if grant.status_reason else ""
    return GrantRow(
        created=utc(grant.created),
        last_used=utc(grant.rotated_at),
        scope=" ".join(grant.scope),
        live=live,
        state="In force" if live else f"Ended{reason}",
        refreshes=grant.refresh_counter,
    )


def _path(client_id: str) -> str:
    return f"/admin/instances/{quote(client_id, safe='')}"
