"""The settings of limits: how often somebody may fail, and how the address is known that this is counted by."""

from ipaddress import ip_network

from keyfob_server.rules.limits import LimitsPolicy
from keyfob_server.rules.policy import Policy
from keyfob_server.settings.kinds import Whole, Words
from keyfob_server.settings.problems import quoted
from keyfob_server.settings.setting import Setting

_DAY = 86400
_P = Policy(base_url="")
_L = LimitsPolicy()


def _check_network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(f"must be an IP address or a network such as 10.0.0.0/8, not {quoted(text)}") from None
    return text


def _count(name: str, default: int, doc: str, *, least: int = 1, most: int = 100_000) -> Setting:
    return Setting(f"limits.{name}", f"policy.limits.{name}", Whole(least, most), default, doc)


def _seconds(name: str, default: int, doc: str, *, least: int = 1, most: int = _DAY) -> Setting:
    return Setting(f"limits.{name}", f"policy.limits.{name}", Whole(least, most), default, doc, unit="seconds")


PROXIES = (
    Setting(
        "trusted_proxies", "policy.trusted_proxies",
        Words("addresses or networks", _check_network, may_be_empty=True), _P.trusted_proxies,
        "The proxies in front of this server. From them alone `X-Forwarded-For` is believed, and of it the right-most "
        "address that is not one of them. Behind a proxy that is not named here everybody counts as the proxy.",
    ),
)  # fmt: skip

REGISTRATION_RATE = (
    Setting(
        "registration.max_per_second", "policy.registration.max_per_second", Whole(1, 100_000),
        _P.registration.max_per_second,
        "The most registrations a second of each template, and of all plain ones together, on each node; at 80 % there "
        "is an event.",
    ),
)  # fmt: skip

LIMITS = (
    _count(
        "client_failures", _L.client_failures,
        "Failed client authentications for one client id from one address within the window; more of them are 429. "
        "The right secret is always taken.",
    ),
    _seconds("client_failures_window_s", _L.client_failures_window_s, "Their window."),
    _count(
        "token_failures", _L.token_failures,
        "The same for initial tokens and registration access tokens that are not valid.",
    ),
    _seconds("token_failures_window_s", _L.token_failures_window_s, "Their window."),
    _count(
        "address_failures", _L.address_failures,
        "All those failures of one address (IPv6: /64) together. Beyond it nothing that carries credentials is looked "
        "at, until the flood is over.", least=20,
    ),
    _seconds("address_failures_window_s", _L.address_failures_window_s, "Their window."),
    _count(
        "introspection_misses", _L.introspection_misses,
        "Questions of one client from one address about what is no token of this server; more of them are 429.",
    ),
    _seconds("introspection_misses_window_s", _L.introspection_misses_window_s, "Their window."),
    _count(
        "sign_in_free_failures", _L.sign_in_free_failures,
        "Failed sign-ins for one user name from one network (/24 or /64) that cost nothing. From this one on the next "
        "has to wait, each time twice as long. A browser that has signed in to the account before is counted apart.",
        least=3, most=100,
    ),
    _seconds("sign_in_first_delay_s", _L.sign_in_first_delay_s, "The first wait.", most=900),
    _seconds("sign_in_longest_delay_s", _L.sign_in_longest_delay_s, "The longest wait.", most=3600),
    _seconds(
        "sign_in_forget_s", _L.sign_in_forget_s, "After so long without another failure they are forgotten.",
        least=3600, most=30 * _DAY,
    ),
    _count(
        "sign_in_address_failures", _L.sign_in_address_failures,
        "Failed sign-ins, whatever the name, from one address (IPv6: /64) within the window; then 429. Browsers that "
        "have signed in to the account before have a limit of their own before this and the next two.",
    ),
    _count("sign_in_network_failures", _L.sign_in_network_failures, "The same from one network (/24 or /48)."),
    _count("sign_in_total_failures", _L.sign_in_total_failures, "The same from everywhere together."),
    _count(
        "sign_in_known_failures", _L.sign_in_known_failures,
        "Failed sign-ins to one account from all browsers together that have signed in to it before, within the "
        "window. Then they count as any other browser does.",
    ),
    _seconds("sign_in_window_s", _L.sign_in_window_s, "The window of these four."),
    _count(
        "sign_in_alarm_failures", _L.sign_in_alarm_failures,
        "Failed sign-ins for one user name from everywhere within an hour that raise an event. Nobody is locked out.",
    ),
    _seconds(
        "known_device_s", _L.known_device_s, "How long a browser is known to have signed in to an account.",
        least=3600, most=400 * _DAY,
    ),
    _count(
        "max_counters", _L.max_counters,
        "How many of each kind one node keeps in memory; the one used longest ago goes first.",
        least=1000, most=10_000_000,
    ),
)  # fmt: skip
