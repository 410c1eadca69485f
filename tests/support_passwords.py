"""What is stored of a person, read as the server would."""

import asyncio

from keyfob_server.crypto.argon2 import ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.key_file import read_roots
from keyfob_server.crypto.pepper import PepperedPasswords, peppers_of
from keyfob_server.ports.storage import Store
from keyfob_server.rules.sign_in_record import SignInRecord
from support_keyfob_program import Installation


def sign_in_record(installation: Installation, user_name: str) -> SignInRecord:
    async def find(store: Store) -> SignInRecord:
        return await store.find_sign_in(user_name)

    return installation.with_store(find)


def password_is(installation: Installation, user_name: str, candidate: str) -> bool:
    stored = sign_in_record(installation, user_name).password_hash

    async def verify() -> bool:
        argon = ArgonPasswords(ArgonSettings(threads=1), SystemEntropy())
        peppers = peppers_of(read_roots(installation.folder / "keyfob.keys"))
        try:
            return await PepperedPasswords(argon, lambda: peppers).verify(candidate, stored)
        finally:
            argon.close()

    return asyncio.run(verify())
