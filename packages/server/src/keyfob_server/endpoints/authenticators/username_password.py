"""User name and password, checked with Argon2id off the event loop."""

from keyfob_protocol.identifiers import AccountId
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.authenticators.verdict import SignedIn, SignInFailed
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.sign_in_limits import count_attempt, forget_failures, note_failure, take_back
from keyfob_server.ports.passwords import PasswordsBusy
from keyfob_server.rules.records import ACTIVE
from keyfob_server.rules.sign_in_record import SignInRecord

NAME = "username-password"
_MAX_USER_NAME = 256


async def authenticate(services: Services, parameters: Parameters, browser: Browser) -> SignedIn | SignInFailed:
    """An unknown, a disabled, a wrong and a delayed sign-in take the same time and say the same.

    Raises TooManyRequests when too many failed from where this one comes.
    """
    # User names are lower case; keyboards of phones like to begin with a capital.
    user_name = (parameters.get("username") or "").strip().lower()[:_MAX_USER_NAME]
    password = parameters.get("password") or ""
    record = await services.sessions.find_sign_in(user_name)
    attempt = await count_attempt(services, user_name, record, browser)
    try:
        if attempt is None:
            # the right password gets the same answer, after a hash that costs the same
            await services.passwords.verify(password, "")
            verdict: SignedIn | SignInFailed = SignInFailed("wrong", "delayed after failures")
        else:
            verdict = await _judge(services, password, record)
    except PasswordsBusy:
        if attempt is not None:
            await take_back(services, attempt)
        return SignInFailed("busy", "too many password checks wait")
    if isinstance(verdict, SignedIn) and attempt is not None:
        await forget_failures(services, attempt)
    elif record.account is not None:
        note_failure(services, record.account.id)
    return verdict


async def _judge(services: Services, password: str, record: SignInRecord) -> SignedIn | SignInFailed:
    right = await services.passwords.verify(password, record.password_hash)
    account = record.account
    if account is None:
        return SignInFailed("wrong", "unknown user name")
    if not right:
        return SignInFailed("wrong", "wrong password")
    if account.status != ACTIVE:
        return SignInFailed("wrong", "account not active")
    if services.passwords.needs_rehash(record.password_hash):
        await _rehash(services, account.id, password, old=record.password_hash)
    if services.passwords.is_known(password):
        services.events.emit("sign_in.known_password", account_id=account.id)
    return SignedIn(account, record.now, ("pwd",))


async def _rehash(services: Services, account_id: AccountId, password: str, *, old: str) -> None:
    """At today's cost, if there is time: the password was right in any case."""
    try:
        newer = await services.passwords.hash(password)
    except PasswordsBusy:
        return
    await services.sessions.replace_password_hash(account_id, old=old, new=newer)
