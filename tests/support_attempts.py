"""People at one address, and how often a password of theirs was looked at."""

from dataclasses import dataclass, replace

import httpx

from keyfob_protocol.identifiers import AccountId
from keyfob_server.ports.passwords import Passwords
from keyfob_server.rules.records import ACTIVE, Account
from support_app import BASE, REGISTRATION_CLIENT, Browser, Keyfob, Pkce
from support_callers import Caller, FromAnywhere
from support_twins import twin


def at(keyfob: Keyfob, address: str) -> Keyfob:
    """The same server, as it is reached from this address."""
    there = Keyfob(keyfob.installation, keyfob.app, keyfob.clock, keyfob._runner)
    there._http = Caller(FromAnywhere(keyfob.app, address), BASE)
    return there


def add_account(
    keyfob: Keyfob, user_name: str, password: str = "Password1", *, passwords: Passwords | None = None
) -> None:
    """`passwords` hashes, when it shall cost something else than the installation's."""
    account = Account(AccountId(f"account-of-{user_name}"), user_name, ACTIVE, 1, keyfob.clock.now)
    hashed = keyfob.run((passwords or keyfob.installation.services.passwords).hash(password))
    assert keyfob.run(keyfob.installation.store.add_account(account, password_hash=hashed))


def sign_in_page(keyfob: Keyfob, browser: Browser) -> httpx.Response:
    """It asks for the password whoever is signed in."""
    return keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")


def attempt(keyfob: Keyfob, user_name: str, password: str = "wrong", browser: Browser | None = None) -> httpx.Response:
    """Open the page and sign in once; 303 when it succeeded."""
    browser = browser or keyfob.browser()
    return browser.sign_in(sign_in_page(keyfob, browser), user_name, password)


@dataclass(slots=True)
class CountingPasswords:
    """Passes on, and counts the hashes: those of a stored password, and those that only take time."""

    real: Passwords
    looked_at: int = 0
    burnt: int = 0

    async def hash(self, password: str) -> str:
        return await self.real.hash(password)

    async def verify(self, password: str, stored: str) -> bool:
        if stored:
            self.looked_at += 1
        else:
            self.burnt += 1
        return await self.real.verify(password, stored)

    def is_known(self, password: str) -> bool:
        return self.real.is_known(password)

    def needs_rehash(self, stored: str) -> bool:
        return self.real.needs_rehash(stored)


def counting(keyfob: Keyfob) -> tuple[Keyfob, CountingPasswords]:
    """The same server, and what it asks of passwords."""
    passwords = CountingPasswords(keyfob.installation.services.passwords)
    return twin(keyfob, replace(keyfob.installation.services, passwords=passwords)), passwords
