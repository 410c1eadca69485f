"""Which signing key signs, and which are published: decided by time alone (OpenID Connect Core section 10.1.1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from keyfob_server.rules.records import SigningKeyRecord

State = Literal["published", "signing", "retired", "withdrawn"]
"""`published`: waits for its hour. `retired`: another one signs since, and it verifies what it signed. `withdrawn`:
somebody took it out of use, and nothing that it signed is believed.
"""


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """What holds from the moment that it was made for until `changes_at`."""

    signing: Mapping[str, str]
    """Algorithm to `kid`."""
    published: tuple[str, ...]
    """The `kid` of every key of the JWK Set."""
    verifying: tuple[str, ...]
    """The `kid` of every key whose signatures are believed."""
    states: Mapping[str, State]
    """By `kid`."""
    changes_at: int | None
    """The next moment at which time alone changes something; None when it never does."""


def in_order(records: Iterable[SigningKeyRecord]) -> list[SigningKeyRecord]:
    """Of one algorithm each key is replaced by the next one of this order."""
    return sorted(records, key=lambda record: (record.signs_from, record.created, record.kid))


def plan_keys(records: Iterable[SigningKeyRecord], *, now: int, keep_published_s: int) -> KeyPlan:
    """The newest key of an algorithm whose `signs_from` has come signs; `retired_at` is when one was withdrawn.

    A key is published from its creation, so that whoever caches the set has it before the first signature, and for
    `keep_published_s` after the next one took over, so that the last token that it signed can be verified.
    """
    ordered = in_order(records)
    usable = [record for record in ordered if record.retired_at is None or record.retired_at > now]
    states: dict[str, State] = {record.kid: "withdrawn" for record in ordered}
    signing: dict[str, str] = {}
    published: list[str] = []
    moments = [record.signs_from for record in usable] + [record.retired_at for record in usable if record.retired_at]
    for record in usable:
        later = [one for one in ordered[ordered.index(record) + 1 :] if one.alg == record.alg]
        replaced_at = _replaced_at(later, now)
        states[record.kid] = _state(record, replaced_at, now)
        if states[record.kid] == "signing":
            signing[record.alg] = record.kid
        if replaced_at is None or replaced_at + keep_published_s > now:
            published.append(record.kid)
        if replaced_at is not None:
            moments.append(replaced_at + keep_published_s)
    return KeyPlan(
        signing=signing,
        published=tuple(published),
        verifying=tuple(record.kid for record in usable),
        states=states,
        changes_at=min((moment for moment in moments if moment > now), default=None),
    )


def _replaced_at(later: list[SigningKeyRecord], now: int) -> int | None:
    """When a key signs no more, or since when it has not, by those that follow it; None when nothing takes over.

    One that was withdrawn meanwhile signed until then: the key before it must not be published anew by that.
    """
    coming = next((one.signs_from for one in later if one.retired_at is None or one.retired_at > now), None)
    if coming is None or coming > now:
        return coming
    since = coming
    for one in reversed(later):
        if one.retired_at is not None and one.signs_from < since <= one.retired_at:
            since = one.signs_from
    return since


def _state(record: SigningKeyRecord, replaced_at: int | None, now: int) -> State:
    if record.signs_from > now:
        return "published"
    return "signing" if replaced_at is None or replaced_at > now else "retired"
