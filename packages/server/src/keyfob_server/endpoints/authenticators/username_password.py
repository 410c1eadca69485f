"""User name and password, checked with Argon2id off the event loop."""

from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.authenticators.verdict import SignedIn, SignInFailed
from keyfob_server.endpoints.services import Services
from keyfob_server.ports.passwords import PasswordsBusy
from keyfob_server.rules.records import ACTIVE

NAME = "username-password"
_MAX_USER_NAME = 256


async def authenticate(services: Services, parameters: Parameters) -> SignedIn | SignInFailed:
    """An unknown, a disabled and a wrong sign-in take the same time and say the same."""
    # User names are lower case; keyboards of phones like to begin with a capital.
    user_name = (parameters.get("username") or "").strip().lower()[:_MAX_USER_NAME]
    password = parameters.get("password") or ""
    record = await services.sessions.find_sign_in(user_name)
    try:
        right = await services.passwords.verify(password, record.password_hash)
        account = record.account
        if account is None:
            return SignInFailed("wrong", "unknown user name")
        if not right:
            return SignInFailed("wrong", "wrong password")
        if account.status != ACTIVE:
            return SignInFailed("wrong", "account not active")
        if services.passwords.needs_rehash(record.password_hash):
            newer = await services.passwords.hash(password)
            await services.sessions.replace_password_hash(account.id, old=record.password_hash, new=newer)
    except PasswordsBusy:
        return SignInFailed("busy", "too many password checks wait")
    return SignedIn(account, record.now, ("pwd",))
