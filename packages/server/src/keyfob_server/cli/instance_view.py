"""Instances as people and programs see them."""

from collections.abc import Iterable

from keyfob_server.cli.output import facts, plain, table, utc
from keyfob_server.rules.summaries import InstanceSummary

_HEAD = ("CLIENT ID", "OWNER", "APP", "DEVICE", "STATUS", "REGISTERED", "LAST USED")


def as_table(instances: Iterable[InstanceSummary]) -> str:
    rows = (
        (
            one.client_id, one.user_name, one.client_name, one.instance_name or one.instance_platform, one.status,
            utc(one.created), utc(one.last_used) or "never",
        )
        for one in instances
    )  # fmt: skip
    return table(_HEAD, rows)


def as_facts(one: InstanceSummary) -> str:
    status = f"{one.status} since {utc(one.status_at)}" if one.status_at is not None else one.status
    return facts(
        (
            ("Client id", one.client_id),
            ("Owner", one.user_name),
            ("App", one.client_name),
            ("Device", one.instance_name),
            ("Platform", one.instance_platform),
            ("Status", status),
            ("Status set by", one.status_by),
            ("Reason", one.status_reason),
            ("Scope", one.scope),
            ("Registered", utc(one.created)),
            ("Registered by client", one.initial_client),
            ("Changed", utc(one.updated)),
            ("Last used", utc(one.last_used) or "never"),
        )
    )


def as_document(one: InstanceSummary) -> dict[str, object]:
    """Times are epoch seconds."""
    return {
        "client_id": one.client_id,
        "authenticated_user": one.user_name,
        "client_name": one.client_name,
        "instance_name": one.instance_name,
        "instance_platform": one.instance_platform,
        "status": one.status,
        "status_reason": one.status_reason,
        "status_by": one.status_by,
        "status_at": one.status_at,
        "initial_client": one.initial_client,
        "scope": one.scope,
        "created": one.created,
        "updated": one.updated,
        "last_used": one.last_used,
    }


def as_phrase(one: InstanceSummary) -> str:
    """`ID (app on device, of owner)`, as far as it is known."""
    what = " on ".join(text for text in (one.client_name, one.instance_name) if text)
    return plain(f"{one.client_id} ({', '.join(text for text in (what, f'of {one.user_name}') if text)})")
