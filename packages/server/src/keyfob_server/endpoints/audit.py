"""Sealing the audit's rows into a chain, and finding out whether it still holds."""

import re
from dataclasses import dataclass, replace
from typing import Final

from keyfob_server.ports.audit import AuditStore, Seal
from keyfob_server.ports.sealing import SecretHasher
from keyfob_server.ports.world import Events
from keyfob_server.rules.audit_chain import BEGINNING, PURPOSE, link

BATCH = 200
_SEAL: Final = re.compile(r"[0-9a-f]{8}\$[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Intact:
    """Every sealed row is as it was, but for `unchecked`, and none is missing between the first and the last."""

    rows: int
    unsealed: int
    """Newer rows, which the server seals soon."""
    last_seal: str
    """Whoever keeps it elsewhere can find out whether the end of the chain was cut off; empty without rows."""
    unchecked: "tuple[Unchecked, ...]" = ()
    """Sealed by keys that were dropped, as whoever asked knows."""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Rows one after the other whose seals name a key that is not here: nobody can say whether they were changed."""

    key_id: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class NotVerifiable:
    """Nothing is known to be wrong; some rows name keys that are not here, and that nobody said were dropped."""

    unchecked: tuple[Unchecked, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    number: int
    """Of the first row that is wrong."""
    reason: str


@dataclass(slots=True)
class Sealer:
    """Remembers how far the chain was while the server runs: whoever takes seals away cannot have it sealed anew."""

    number: int = 0
    text: str = BEGINNING
    went_back: bool = False

    def continues(self, last: Seal | None) -> bool:
        """Whether a chain that ends like this one holds all that was seen of it."""
        number, text = (last.number, last.text) if last else (0, BEGINNING)
        if number < self.number or (number == self.number and text != self.text):
            return False
        self.number, self.text = number, text
        return True


async def seal_pending(
    store: AuditStore, hasher: SecretHasher, *, sealer: Sealer | None = None, events: Events | None = None
) -> int:
    """Seal the rows that were committed since, oldest first; how many. Another process may do the same: one wins.

    A chain that ends before what `sealer` has seen is left as it is. The log gets the last seal, to compare with.
    Raises StorageUnavailable.
    """
    sealed = 0
    sealer = sealer or Sealer()
    while records := await store.list_unsealed(limit=BATCH):
        last = await store.last_seal()
        if not sealer.continues(last):
            if events is not None and not sealer.went_back:
                events.emit("audit.went_back", expected=f"{sealer.number} {sealer.text}")
            sealer.went_back = True
            break
        number, previous = (last.number, last.text) if last else (0, BEGINNING)
        seals: list[Seal] = []
        for record in records:
            number += 1
            previous = hasher.hash(PURPOSE, link(record, number=number, previous=previous))
            seals.append(Seal(record.id, number, previous))
        if not await store.seal(tuple(seals)):
            break
        sealed += len(seals)
        sealer.continues(seals[-1])
        if events is not None:
            events.emit("audit.sealed", number=number, seal=previous)
    return sealed


async def verify(
    store: AuditStore, hasher: SecretHasher, *, expected: str = "", dropped: frozenset[str] = frozenset()
) -> Intact | NotVerifiable | Broken:
    """Go through the chain. `expected` is a seal that was noted down before: it must be in it. `dropped` names the
    keys that somebody dropped: what they sealed is not checked.

    Raises StorageUnavailable.
    """
    number, previous = 0, BEGINNING
    met = not expected
    unchecked: list[Unchecked] = []
    while page := await store.list_sealed(after=number, limit=BATCH):
        for one in page:
            number += 1
            if one.seal.number != number:
                return Broken(number, "a row is missing")
            if _names_a_key(one.seal.text) and not hasher.knows(one.seal.text):
                unchecked = _with(unchecked, one.seal.text.partition("$")[0], number)
            elif not hasher.verify(PURPOSE, link(one.record, number=number, previous=previous), one.seal.text):
                return Broken(number, f"row {one.record.id} or the one before it was changed")
            previous = one.seal.text
            met = met or previous == expected
    if not met:
        return Broken(
            number + 1, "the seal that was noted down is not there: the end is cut off, or it is another chain"
        )
    if any(one.key_id not in dropped for one in unchecked):
        return NotVerifiable(tuple(unchecked))
    return Intact(number, await store.count_unsealed(), previous, tuple(unchecked))


def _names_a_key(seal: str) -> bool:
    return _SEAL.fullmatch(seal) is not None


def _with(unchecked: list[Unchecked], key_id: str, number: int) -> list[Unchecked]:
    if unchecked and (unchecked[-1].key_id, unchecked[-1].last) == (key_id, number - 1):
        return [*unchecked[:-1], replace(unchecked[-1], last=number)]
    return [*unchecked, Unchecked(key_id, number, number)]
