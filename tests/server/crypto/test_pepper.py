"""Passwords are hashed with a key that is not in the database."""

import asyncio
from collections.abc import Iterator

import pytest

from keyfob_server.crypto.argon2 import MAX_CHARACTERS, ArgonPasswords
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.pepper import PepperedPasswords, peppers_of
from keyfob_server.crypto.root_rotation import with_new_key, with_waiting_key_promoted, without_key
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.ports.passwords import Passwords
from support_app import CHEAP

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
ADDED, _ = with_new_key(ROOTS, "verification", entropy=ENTROPY, now=1)
PROMOTED, _ = with_waiting_key_promoted(ADDED, "verification")


@pytest.fixture(scope="module")
def argon() -> Iterator[ArgonPasswords]:
    passwords = ArgonPasswords(CHEAP, ENTROPY)
    yield passwords
    passwords.close()


def peppered(argon: ArgonPasswords, roots: Roots) -> Passwords:
    return PepperedPasswords(argon, lambda: peppers_of(roots))


def test_m2_a_hash_is_checked_with_its_key_and_with_no_other(argon: ArgonPasswords) -> None:
    async def scenario() -> None:
        stored = await peppered(argon, ROOTS).hash("correct horse")
        assert stored.startswith(f"{ROOTS.verification[0].id}:$argon2id$")
        assert await peppered(argon, ROOTS).verify("correct horse", stored)
        assert not await peppered(argon, ROOTS).verify("correct horsf", stored)
        assert not await peppered(argon, create_roots(ENTROPY)).verify("correct horse", stored)
        assert not await argon.verify("correct horse", stored)
        assert not await argon.verify("correct horse", stored.partition(":")[2])

    asyncio.run(scenario())


def test_a_hash_from_before_there_were_keys_is_good_and_asks_to_be_replaced(argon: ArgonPasswords) -> None:
    async def scenario() -> None:
        stored = await argon.hash("correct horse")
        here = peppered(argon, ROOTS)
        assert await here.verify("correct horse", stored)
        assert not await here.verify("wrong horse", stored)
        assert here.needs_rehash(stored)
        assert not here.needs_rehash(await here.hash("correct horse"))

    asyncio.run(scenario())


def test_a_hash_moves_to_the_newest_key_and_dies_with_a_dropped_one(argon: ArgonPasswords) -> None:
    async def scenario() -> None:
        stored = await peppered(argon, ROOTS).hash("correct horse")
        assert await peppered(argon, PROMOTED).verify("correct horse", stored)
        assert not peppered(argon, ADDED).needs_rehash(stored)
        assert peppered(argon, PROMOTED).needs_rehash(stored)
        moved = await peppered(argon, PROMOTED).hash("correct horse")
        after = peppered(argon, without_key(PROMOTED, "verification", ROOTS.verification[0].id))
        assert await after.verify("correct horse", moved)
        assert not await after.verify("correct horse", stored)

    asyncio.run(scenario())


@pytest.mark.parametrize("stored", ["", ":", "00000000:", "zz:$argon2id$", ":$argon2id$v=19$m=64,t=1,p=1$AA$AA"])
def test_what_is_no_hash_is_no_password(argon: ArgonPasswords, stored: str) -> None:
    here = peppered(argon, ROOTS)
    assert not asyncio.run(here.verify("correct horse", stored))
    assert not asyncio.run(here.verify("", stored))
    assert here.needs_rehash(stored)


@pytest.mark.parametrize("password", ["", "x" * (MAX_CHARACTERS + 1)])
def test_a_password_that_cannot_be_is_refused_and_never_right(argon: ArgonPasswords, password: str) -> None:
    here = peppered(argon, ROOTS)
    with pytest.raises(ValueError, match="1 to 256"):
        asyncio.run(here.hash(password))
    stored = asyncio.run(here.hash("x" * MAX_CHARACTERS))
    assert not asyncio.run(here.verify(password, stored))


def test_two_keyboards_that_spell_a_letter_differently_type_the_same_password(argon: ArgonPasswords) -> None:
    here = peppered(argon, ROOTS)
    assert asyncio.run(here.verify("cafe\u0301", asyncio.run(here.hash("caf\u00e9"))))
