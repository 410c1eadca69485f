"""Whether a person may register one more instance, before an app tries: by the rule that the registration obeys."""

from typing import Final

from keyfob_server.endpoints.registration_settings import with_present_registration
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.devices import Device
from keyfob_server.rules.liveness import LiveSession
from keyfob_server.rules.records import Client
from keyfob_server.rules.registration_limits import NoRoom, foresee

_MOST_TEMPLATES: Final = 200
_MOST_FULL: Final = 5
"""Of so many templates the instances are read."""
SHOWN: Final = 50


async def no_room_for(services: Services, client: Client, session: LiveSession, *, now: int) -> NoRoom | None:
    """None while a registration by the client has room. Raises StorageUnavailable."""
    policy = (await with_present_registration(services)).policy.registration
    if not policy.max_instances_per_owner and not policy.max_new_per_day:
        return None
    room = services.registration_room
    counted = await room.count_instances(session.account.id, limit=_MOST_TEMPLATES)
    handed_out = client.settings.templates
    if foresee(counted, None, policy, handed_out=handed_out, now=now) is None:
        return None
    templates = await room.list_open_templates(limit=_MOST_TEMPLATES + 1)
    known = templates if len(templates) <= _MOST_TEMPLATES else None
    return foresee(counted, known, policy, handed_out=handed_out, now=now)


async def removable(services: Services, session: LiveSession, no_room: NoRoom) -> list[Device]:
    """Those whose removal makes room, the one unused for longest first, and one more than are shown if there are more.

    Raises StorageUnavailable.
    """
    found: list[Device] = []
    for template in no_room.full[:_MOST_FULL]:
        found += await services.registration_room.list_longest_unused(
            session.account.id, template, session_id=session.session.id, limit=SHOWN + 1
        )
    return sorted(found, key=lambda device: (device.unused_since, device.client_id))[: SHOWN + 1]
