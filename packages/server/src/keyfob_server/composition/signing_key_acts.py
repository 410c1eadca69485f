"""`keyfob keys ...`: what administrators do to signing keys."""

from dataclasses import dataclass

from keyfob_server.composition.administration import Administration, database
from keyfob_server.composition.keys import load_roots
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.signing_keys import generate_signing_key
from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import SigningKeyRecord
from keyfob_server.rules.signing_keys import State, in_order, plan_keys
from keyfob_server.settings import Settings


@dataclass(frozen=True, slots=True)
class KeyShown:
    kid: str
    alg: str
    state: State
    published: bool
    """Whether it is in the JWK Set now."""
    created: int
    signs_from: int


@dataclass(frozen=True, slots=True)
class KeyPublished:
    kid: str
    alg: str
    signs_from: int
    now: int
    before: str
    """The `kid` of the key that signs until then; empty when none of this algorithm does."""


@dataclass(frozen=True, slots=True)
class KeyWithdrawn:
    kid: str


@dataclass(frozen=True, slots=True)
class NoSuchKey:
    pass


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """It signs now: another one must sign first."""

    alg: str


async def list_keys(tools: Administration, settings: Settings) -> tuple[KeyShown, ...]:
    """In the order in which they sign. Raises StorageUnavailable."""
    records = await tools.store.list_signing_keys()
    plan = plan_keys(records, now=await tools.now(), keep_published_s=settings.policy.key_keep_published_s)
    return tuple(
        KeyShown(one.kid, one.alg, plan.states[one.kid], one.kid in plan.published, one.created, one.signs_from)
        for one in in_order(records)
    )


async def publish_key(
    tools: Administration, settings: Settings, *, alg: str, publish_ahead_s: int, act: Act
) -> KeyPublished:
    """Make and publish a key that signs after `publish_ahead_s`, and not before every server has it.

    Raises StorageUnavailable, KeyFileUnusable.
    """
    now, publish_ahead_s = await tools.now(), max(publish_ahead_s, database(settings).settling_s)
    record = generate_signing_key(
        alg, load_roots(settings), entropy=SystemEntropy(), created=now, signs_from=now + publish_ahead_s
    )
    before = _signing(await tools.store.list_signing_keys(), settings, now=now).get(alg, "")
    await tools.store.key_acts.publish_signing_key(record, act=act)
    return KeyPublished(record.kid, alg, record.signs_from, now, before)


async def withdraw_key(
    tools: Administration, settings: Settings, kid: str, *, act: Act
) -> KeyWithdrawn | NoSuchKey | KeyInUse:
    """Raises StorageUnavailable."""
    records = await tools.store.list_signing_keys()
    found = next((record for record in records if record.kid == kid), None)
    if found is None:
        return NoSuchKey()
    if kid in _signing(records, settings, now=await tools.now()).values():
        return KeyInUse(found.alg)
    await tools.store.key_acts.withdraw_signing_key(kid, act=act)
    return KeyWithdrawn(kid)


def _signing(records: list[SigningKeyRecord], settings: Settings, *, now: int) -> dict[str, str]:
    plan = plan_keys(records, now=now, keep_published_s=settings.policy.key_keep_published_s)
    return dict(plan.signing)
