"""What no setting can say alone: values that contradict each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keyfob_server.settings.base_url import is_loopback
from keyfob_server.settings.kinds import Value


@dataclass(frozen=True, slots=True)
class Contradiction:
    key: str
    other: str
    """The setting that it contradicts, which is the place to look when `key` has its default."""
    sentence: str


_NOT_LONGER = (
    ("lifetimes.refresh_idle_s", "lifetimes.refresh_absolute_s"),
    ("lifetimes.session_idle_s", "lifetimes.session_absolute_s"),
    ("limits.sign_in_first_delay_s", "limits.sign_in_longest_delay_s"),
    ("limits.sign_in_longest_delay_s", "limits.sign_in_forget_s"),
    ("lifetimes.id_token_s", "keys.keep_published_s"),
    ("lifetimes.access_token_s", "keys.keep_published_s"),
)
_HAVE_PAGES_BELOW = ("paths.registration", "paths.registration_alias", "paths.authentication", "paths.devices")


def contradictions(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    """All of them. Values that were wrong by themselves are absent from `values`, and are not judged."""
    yield from _plain_http(values)
    yield from _tls(values)
    yield from _ports(values)
    yield from _lifetimes(values)
    yield from _scopes(values)
    yield from _paths(values)


def _plain_http(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    base_url, host = values.get("base_url"), values.get("host")
    if isinstance(base_url, str) and base_url.startswith("http://") and isinstance(host, str) and not is_loopback(host):
        yield Contradiction("host", "base_url", "must be a loopback address while base_url begins with http://")


def _tls(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    certificate, key, base_url = (values.get(name) for name in ("tls_certificate", "tls_key", "base_url"))
    if certificate and key == "":
        yield Contradiction("tls_key", "tls_certificate", "is missing; it goes with tls_certificate")
    if key and certificate == "":
        yield Contradiction("tls_certificate", "tls_key", "is missing; it goes with tls_key")
    if certificate and isinstance(base_url, str) and base_url.startswith("http://"):
        yield Contradiction("base_url", "tls_certificate", "must begin with https:// beside a tls_certificate")


def _ports(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    port, admin_port = values.get("port"), values.get("admin_port")
    if port and port == admin_port and values.get("host") == values.get("admin_host"):
        yield Contradiction("admin_port", "port", "must not be the port of the public listener")


def _lifetimes(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    for shorter, longer in _NOT_LONGER:
        one, other = values.get(shorter), values.get(longer)
        if isinstance(one, int) and isinstance(other, int) and one > other:
            yield Contradiction(shorter, longer, f"must not be longer than {longer}, which is {other}")


def _scopes(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    allowed, default = values.get("registration.allowed_scopes"), values.get("registration.default_scope")
    if not isinstance(allowed, tuple) or not isinstance(default, tuple):
        return
    if missing := [scope for scope in default if scope not in allowed]:
        sentence = f"must be within registration.allowed_scopes, which lacks {' '.join(missing)}"
        yield Contradiction("registration.default_scope", "registration.allowed_scopes", sentence)


def _paths(values: Mapping[str, Value]) -> Iterator[Contradiction]:
    """No address may be another one, nor lie where another one has pages of its own below it."""
    paths = {key: str(path) for key, path in values.items() if key.startswith("paths.")}
    for key, path in paths.items():
        for other, taken in paths.items():
            if path == taken and key > other:
                yield Contradiction(key, other, f"must not be the same as {other}")
            if other in _HAVE_PAGES_BELOW and path.startswith(f"{taken}/"):
                yield Contradiction(key, other, f"must not lie below {other}")
        if path == f"{paths.get('paths.issuer')}/jwks":
            yield Contradiction(key, "paths.issuer", "must not be the address of the keys, below paths.issuer")
