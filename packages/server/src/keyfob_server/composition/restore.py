"""`keyfob after-restore`: what must die, and what may be forgiven, when the database has gone back in time."""

from dataclasses import dataclass
from typing import Final

from keyfob_server.composition.administration import Administration, administer, database
from keyfob_server.composition.keys import INCARNATION, RESTORED_AT, new_incarnation
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.acts import Act
from keyfob_server.settings import Settings

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class RestoreDeclared:
    at: int
    newest_fact: int
    """When the youngest row was written; 0 in an empty database. What happened later is lost."""
    sessions_ended: int


def declare_restore(settings: Settings, act: Act) -> RestoreDeclared:
    """Raises StorageUnavailable, also when a server runs or was started meanwhile: it knows the values from before."""

    async def declare(tools: Administration) -> RestoreDeclared:
        newest_fact, now = await tools.store.key_acts.newest_fact(), await tools.now()
        # The sessions first: whoever is interrupted between the two begins again, and nothing was promised yet.
        ended = 0
        while batch := await tools.store.key_acts.end_some_sessions(limit=_BATCH):
            ended += batch
        values = {INCARNATION: new_incarnation(SystemEntropy()), RESTORED_AT: str(now)}
        await tools.store.key_acts.replace_settings(values, act=act)
        return RestoreDeclared(now, newest_fact, ended)

    place = database(settings)
    with place.without_servers():
        declared = administer(settings, declare)
    try:
        # many nodes may serve PostgreSQL, and nothing keeps one from starting that a manager of services restarts
        with place.without_servers():
            return declared
    except StorageUnavailable as error:
        raise StorageUnavailable(
            f"a server was started meanwhile, and the restore must be declared again: {error}"
        ) from error
