"""How much is too much: the numbers, and the one rule that all but sign-ins are counted by (ADR 0020)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000_000_000
"""Nanoseconds: whole numbers, so that a bucket gives exactly what it holds."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket that holds `most`, and fills again evenly within `per_s` seconds."""

    name: str
    most: int
    per_s: int

    @property
    def share_ns(self) -> int:
        """How long one that was taken takes to come back."""
        return self.per_s * SECOND // self.most


def wait_s(limit: Limit, full_at: int, now: int) -> int | None:
    """Whole seconds until one can be taken, None when one can.

    `full_at` is when nothing will be missing any more; both are nanoseconds of the same clock.
    """
    missing = max(full_at - now, 0)
    wait = missing + limit.share_ns - limit.per_s * SECOND
    return -(-wait // SECOND) if wait > 0 else None


def taken(limit: Limit, full_at: int, now: int) -> int:
    """When the bucket is full again after one more was taken."""
    return max(full_at, now) + limit.share_ns


@lru_cache(maxsize=64)
def _limit(name: str, most: int, per_s: int) -> Limit:
    """Made once: nearly every request asks for one."""
    return Limit(name, most, per_s)


@dataclass(frozen=True, slots=True)
class LimitsPolicy:
    """What the operator decided. Failures are counted, never successes; windows are in seconds."""

    client_failures: int = 20
    """Of client authentication, for one client id from one address."""
    client_failures_window_s: int = 600
    token_failures: int = 20
    """Of initial tokens and registration access tokens: for one token or registration, and from one address."""
    token_failures_window_s: int = 600
    address_failures: int = 3000
    """Of both together, from one address: beyond it nothing is looked at any more."""
    address_failures_window_s: int = 60
    introspection_misses: int = 600
    """Questions of one client from one address about what is no token of ours."""
    introspection_misses_window_s: int = 60
    sign_in_free_failures: int = 10
    """For one user name from one network, or from one known device; from this one on, each makes the next one wait."""
    sign_in_first_delay_s: int = 1
    sign_in_longest_delay_s: int = 900
    sign_in_forget_s: int = 6 * 3600
    """After so long without another failure they are forgotten."""
    sign_in_address_failures: int = 100
    sign_in_network_failures: int = 300
    sign_in_total_failures: int = 3000
    """From everywhere together. Known devices are free of these three, as long as they have failures of their own."""
    sign_in_known_failures: int = 100
    """From all browsers together that are known to have signed in to the account; then they count as any other."""
    sign_in_window_s: int = 600
    """Of the four."""
    sign_in_alarm_failures: int = 100
    """For one user name from everywhere within an hour: an event, and nothing else."""
    known_device_s: int = 180 * 86400
    """How long a browser is known to have signed in to an account."""
    max_counters: int = 20_000
    """Of each kind, in the memory of one node; the one used longest ago goes first."""

    @property
    def failures_of_client(self) -> Limit:
        return _limit("client_failures", self.client_failures, self.client_failures_window_s)

    @property
    def failures_of_token(self) -> Limit:
        return _limit("token_failures", self.token_failures, self.token_failures_window_s)

    @property
    def failures_from_address(self) -> Limit:
        return _limit("address_failures", self.address_failures, self.address_failures_window_s)

    @property
    def misses_of_introspection(self) -> Limit:
        return _limit("introspection_misses", self.introspection_misses, self.introspection_misses_window_s)

    @property
    def sign_ins_from_address(self) -> Limit:
        return Limit("sign_in_address", self.sign_in_address_failures, self.sign_in_window_s)

    @property
    def sign_ins_from_network(self) -> Limit:
        return Limit("sign_in_network", self.sign_in_network_failures, self.sign_in_window_s)

    @property
    def sign_ins_in_total(self) -> Limit:
        return Limit("sign_in_total", self.sign_in_total_failures, self.sign_in_window_s)

    @property
    def sign_ins_from_known(self) -> Limit:
        return Limit("sign_in_known", self.sign_in_known_failures, self.sign_in_window_s)

    @property
    def sign_ins_of_name(self) -> Limit:
        return Limit("sign_in_name", self.sign_in_alarm_failures, 3600)

    @property
    def sign_in_delays(self) -> "SignInDelays":
        return SignInDelays(
            self.sign_in_free_failures, self.sign_in_first_delay_s, self.sign_in_longest_delay_s, self.sign_in_forget_s
        )


@dataclass(frozen=True, slots=True)
class SignInDelays:
    """How failed sign-ins of one name from one source slow down the next: the delay doubles with each."""

    free: int
    """This failure makes the next attempt wait `first_s`."""
    first_s: int
    longest_s: int
    forget_s: int
