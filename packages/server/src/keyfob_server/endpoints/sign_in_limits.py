"""Sign-ins are counted before they are judged, so that many at once are no more than one after the other (ADR 0020).

For one user name from one network the wait grows with each failure. Whoever signed in to the account from this browser
before is counted apart, so that a stranger who hammers the name keeps nobody out, not even from the same network. What
is typed as a user name is stored as a hash: people type passwords there.
"""

from dataclasses import dataclass
from typing import Final

from keyfob_protocol.errors import TooManyRequests
from keyfob_protocol.identifiers import AccountId
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.known_device import KnownDevice, after_sign_in
from keyfob_server.rules.limits import Limit
from keyfob_server.rules.sign_in_record import SignInRecord

_EVERYWHERE: Final = ""
_PURPOSE: Final = "sign_in_failures"
_ALARM_TOLD: Final = Limit("sign_in_alarm_told", 1, 3600)


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    name_hash: str
    source_hash: str
    failures: int
    """This one among them, until it is taken back or forgotten."""
    taken: tuple[tuple[Limit, str], ...]
    """From which buckets."""


async def count_attempt(
    services: Services, user_name: str, record: SignInRecord, browser: Browser
) -> CountedAttempt | None:
    """None while the delay after earlier failures runs: the password is not even looked at then.

    Raises TooManyRequests, whatever the name, when too many failed from this address, its network or everywhere.
    """
    device, account = _opened(services, browser.device), record.account
    source = f"network {browser.remote.network}"
    taken: tuple[tuple[Limit, str], ...] = ()
    if device is not None and account is not None and device.knows(account.id, record.now):
        source, taken = f"device {device.id}", _take_as_known(services, account.id)
    taken = taken or _take(services, browser)
    name_hash, source_hash = services.hasher.hash(_PURPOSE, user_name), services.hasher.hash(_PURPOSE, source)
    delays = services.policy.limits.sign_in_delays
    failures = await services.sign_in_failures.count_sign_in(name_hash, source_hash, delays)
    return None if failures is None else CountedAttempt(name_hash, source_hash, failures, taken)


async def forget_failures(services: Services, attempt: CountedAttempt) -> None:
    """The password was right."""
    _give_back(services, attempt)
    await services.sign_in_failures.clear_sign_ins(attempt.name_hash, attempt.source_hash)


async def take_back(services: Services, attempt: CountedAttempt) -> None:
    """The password was not looked at."""
    _give_back(services, attempt)
    await services.sign_in_failures.uncount_sign_in(attempt.name_hash, attempt.source_hash, failures=attempt.failures)


def note_failure(services: Services, account_id: AccountId) -> None:
    """Somebody may be trying this account from many places. An event and no more, or it would be a way to lock it."""
    over = services.limiter.hit(services.policy.limits.sign_ins_of_name, account_id) is not None
    if over and services.limiter.hit(_ALARM_TOLD, account_id) is None:
        services.events.emit("sign_in.many_failures", account_id=account_id)


def device_cookie(services: Services, browser: Browser, account_id: AccountId, now: int) -> str:
    """The cookie by which this browser is known to have signed in to the account, beside those that it knew."""
    device = after_sign_in(
        _opened(services, browser.device),
        account_id,
        new_id=services.entropy.bytes(16).hex(),
        now=now,
        lifetime_s=services.policy.limits.known_device_s,
    )
    return services.sealer.seal(KnownDevice.PURPOSE, device.encode(), now=now)


def _opened(services: Services, cookie: str | None) -> KnownDevice | None:
    payload = services.sealer.open(KnownDevice.PURPOSE, cookie) if cookie else None
    return KnownDevice.decode(payload) if payload is not None else None


def _take_as_known(services: Services, account_id: AccountId) -> tuple[tuple[Limit, str], ...]:
    """By the account: somebody who has one makes new known browsers at will, and each check costs a hash."""
    limit = services.policy.limits.sign_ins_from_known
    return ((limit, account_id),) if services.limiter.hit(limit, account_id) is None else ()


def _take(services: Services, browser: Browser) -> tuple[tuple[Limit, str], ...]:
    limits, remote = services.policy.limits, browser.remote
    buckets = [(limits.sign_ins_in_total, _EVERYWHERE)]
    if remote.counted:
        buckets += [(limits.sign_ins_from_address, remote.counted), (limits.sign_ins_from_network, remote.site)]
    # first all are looked at: a bucket loses nothing to an attempt that another one refuses
    waits = {limit.name: wait for limit, key in buckets if (wait := services.limiter.peek(limit, key)) is not None}
    if waits:
        raise TooManyRequests("too many sign-ins failed", reason=", ".join(waits), retry_after_s=max(waits.values()))
    for limit, key in buckets:
        services.limiter.hit(limit, key)
    return tuple(buckets)


def _give_back(services: Services, attempt: CountedAttempt) -> None:
    for limit, key in attempt.taken:
        services.limiter.give_back(limit, key)
