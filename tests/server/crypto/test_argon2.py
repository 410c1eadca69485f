import asyncio
import re
import threading
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, hash_secret, verify_secret

from keyfob_server.crypto.argon2 import MAX_CHARACTERS, ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.ports.passwords import Passwords, PasswordsBusy

# The least that Argon2 takes: the tests are about what is around it.
QUICK = ArgonSettings(memory_kib=8, passes=1, threads=2, max_waiting=3)


@pytest.fixture
def passwords() -> Iterator[ArgonPasswords]:
    passwords = ArgonPasswords(QUICK, SystemEntropy())
    yield passwords
    passwords.close()


def hashes(passwords: Passwords, password: str) -> str:
    return asyncio.run(passwords.hash(password))


def verifies(passwords: Passwords, password: str, stored: str) -> bool:
    return asyncio.run(passwords.verify(password, stored))


def test_a_password_verifies_against_its_hash_and_no_other_does(passwords: ArgonPasswords) -> None:
    stored = hashes(passwords, "Password1")
    assert verifies(passwords, "Password1", stored)
    for other in ("Password2", "password1", "Password1 ", "Password1\x00", "Password"):
        assert not verifies(passwords, other, stored)


def test_the_default_cost_is_argon2id_at_19_mebibytes_and_two_passes() -> None:
    passwords = ArgonPasswords(ArgonSettings(), SystemEntropy())
    try:
        assert re.fullmatch(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}", hashes(passwords, "Password1"))
    finally:
        passwords.close()


def test_the_same_password_is_hashed_with_another_salt_each_time(passwords: ArgonPasswords) -> None:
    assert len({hashes(passwords, "Password1") for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "password", ["x", "x" * MAX_CHARACTERS, "\U0001f511" * MAX_CHARACTERS, " ", "\ud800", "a\x00b"]
)
def test_passwords_up_to_256_characters_of_any_kind_work(passwords: ArgonPasswords, password: str) -> None:
    stored = hashes(passwords, password)
    assert verifies(passwords, password, stored)
    assert not verifies(passwords, password[:-1] + "y", stored)


def test_the_ways_of_typing_one_letter_are_one_password(passwords: ArgonPasswords) -> None:
    assert verifies(passwords, "Cafe\u0301\u00a01", hashes(passwords, "Caf\u00e9 1"))


def test_letters_that_a_person_tells_apart_stay_apart(passwords: ArgonPasswords) -> None:
    assert not verifies(passwords, "\u2460ﬁsh".replace("ﬁ", "fi"), hashes(passwords, "1fish"))


@pytest.mark.parametrize("password", ["", "x" * (MAX_CHARACTERS + 1), "x" * 1_000_000])
def test_an_empty_or_over_long_password_is_false_whatever_is_stored(passwords: ArgonPasswords, password: str) -> None:
    stored = hash_secret(password.encode(), b"saltsalt", 1, 8, 1, 16, Type.ID).decode()
    assert not verifies(passwords, password, stored)
    assert not verifies(passwords, password, "")
    with pytest.raises(ValueError, match="1 to 256"):
        hashes(passwords, password)


@pytest.mark.parametrize(
    "stored", ["", "Password1", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$", "$2b$12$x"]
)
def test_a_stored_text_that_is_no_hash_is_false(passwords: ArgonPasswords, stored: str) -> None:
    assert not verifies(passwords, "Password1", stored)
    assert passwords.needs_rehash(stored)


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        ("Password1", ""),
        ("Password1", "junk"),
        ("", "the hash"),
        ("x" * 257, "the hash"),
        ("Password1", "the hash"),
        ("Password2", "the hash"),
    ],
)
def test_every_verification_computes_exactly_one_hash_of_todays_cost(
    passwords: ArgonPasswords, monkeypatch: pytest.MonkeyPatch, password: str, stored: str
) -> None:
    stored = hashes(passwords, "Password1") if stored == "the hash" else stored
    computed: list[str] = []
    verify = PasswordHasher.verify

    def counted(hasher: PasswordHasher, phc: str, given: str | bytes) -> bool:
        # The text that is no hash costs nothing in the library; the count is of those that are computed.
        if phc.startswith("$argon2id$v=19$m=8,t=1,p=1$"):
            computed.append(phc)
        return verify(hasher, phc, given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    verifies(passwords, password, stored)
    assert len(computed) == 1


def test_the_hash_that_stands_in_for_an_unknown_account_is_one_that_argon2_computes(passwords: ArgonPasswords) -> None:
    decoy = passwords._decoy.encode()
    # A decoy that the library could not read would be refused at once, by another error, and cost nothing.
    with pytest.raises(VerifyMismatchError):
        verify_secret(decoy, b"no password", Type.ID)
    assert len(decoy) == len(hashes(passwords, "Password1"))


def test_a_hash_of_another_cost_still_verifies_and_wants_to_be_made_anew(passwords: ArgonPasswords) -> None:
    older = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash("Password1")
    assert verifies(passwords, "Password1", older)
    assert passwords.needs_rehash(older)
    assert not passwords.needs_rehash(hashes(passwords, "Password1"))


class Gate:
    """Holds the hashing threads where they are, as a slow machine would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = threading.Event()
        hash_ = PasswordHasher.hash

        def held(hasher: PasswordHasher, password: str | bytes) -> str:
            assert self.opened.wait(30)
            return hash_(hasher, password)

        monkeypatch.setattr(PasswordHasher, "hash", held)


def test_one_more_than_may_wait_is_refused_at_once_and_the_others_are_answered(
    passwords: ArgonPasswords, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)

    async def crowd() -> list[str]:
        waiting = [asyncio.create_task(passwords.hash("Password1")) for _ in range(QUICK.threads + QUICK.max_waiting)]
        await asyncio.sleep(0)
        for _ in range(3):
            with pytest.raises(PasswordsBusy):
                await passwords.verify("Password1", "")
        gate.opened.set()
        return await asyncio.gather(*waiting)

    assert len(set(asyncio.run(crowd()))) == QUICK.threads + QUICK.max_waiting
    assert hashes(passwords, "Password1")


def test_a_caller_that_gives_up_leaves_its_place_only_when_its_thread_is_free(
    passwords: ArgonPasswords, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    places = QUICK.threads + QUICK.max_waiting

    async def impatient_crowd() -> str:
        waiting = [asyncio.create_task(passwords.hash("Password1")) for _ in range(places)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        # Those that had not begun are gone, those in a thread are not.
        again = [asyncio.create_task(passwords.hash("Password1")) for _ in range(QUICK.max_waiting)]
        await asyncio.sleep(0)
        with pytest.raises(PasswordsBusy):
            await passwords.hash("Password1")
        gate.opened.set()
        return (await asyncio.gather(*again))[0]

    assert asyncio.run(impatient_crowd())


def test_the_event_loop_goes_on_while_passwords_are_hashed(
    passwords: ArgonPasswords, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)

    async def other_work() -> str:
        hashing = asyncio.create_task(passwords.hash("Password1"))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not hashing.done()
        gate.opened.set()
        return await hashing

    assert asyncio.run(other_work())


def test_after_closing_a_check_is_refused_as_busy() -> None:
    passwords = ArgonPasswords(QUICK, SystemEntropy())
    passwords.close()
    for _ in range(QUICK.threads + QUICK.max_waiting + 1):
        with pytest.raises(PasswordsBusy):
            verifies(passwords, "Password1", "")
