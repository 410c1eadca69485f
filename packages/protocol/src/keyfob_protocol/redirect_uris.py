"""Redirect URIs: what may be registered, and what matches (RFC 6749 3.1.2, RFC 8252 7, RFC 9700 2.1 and 4.1)."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri
from keyfob_protocol.parameters import encode_parameters
from keyfob_protocol.uris import UriParts, character_fault, is_loopback, server_fault, split_uri, web_uri_fault

MAX_URI_LENGTH = 2000
_KEPT_LENGTH = 256

# fmt: off
OTHERS_SCHEMES = frozenset((
    # they run code or show what is on the device
    "javascript", "data", "vbscript", "blob", "file", "filesystem", "about", "view-source", "view", "jar", "resource",
    "chrome", "chrome-extension", "chrome-search", "devtools", "edge", "moz-extension", "opera", "brave",
    # they are other protocols
    "ws", "wss", "ftp", "ftps", "sftp", "gopher", "ldap", "ldaps", "nntp", "news", "telnet", "ssh", "cid", "mid", "urn",
    "magnet",
    # they belong to other programs
    "mailto", "intent", "content", "android-app", "app-settings", "market", "itms", "itms-apps", "itms-appss", "geo",
    "maps", "tel", "sms", "smsto", "mms", "mmsto", "facetime", "facetime-audio", "callto", "sip", "sips", "skype",
    "x-apple.systempreferences", "ms-settings", "search-ms",
))
# fmt: on
"""Schemes that are never a redirect target, whatever the settings."""

_REVERSE_DOMAIN = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")

RedirectUriKind = Literal["private-use", "loopback", "https"]


def check_redirect_uri(
    uri: str,
    *,
    allow_undotted_schemes: bool = False,
    localhost_is_loopback: bool = True,
    max_length: int = MAX_URI_LENGTH,
) -> None:
    """Raises InvalidRedirectUri with a description that says what to write instead, and never repeats the URI."""
    if not uri or len(uri) > max_length:
        raise InvalidRedirectUri(f"the URI is empty or longer than {max_length} characters")
    # every install of an app sends the same ones
    find = _redirect_fault if len(uri) <= _KEPT_LENGTH else _redirect_fault.__wrapped__
    if fault := find(uri, allow_undotted_schemes, localhost_is_loopback):
        raise InvalidRedirectUri(f"the URI {fault}")


@lru_cache(maxsize=1024)
def _redirect_fault(uri: str, allow_undotted: bool, localhost: bool) -> str | None:  # noqa: FBT001 - what it is kept by
    parts = split_uri(uri)
    if parts is None:
        return "has no scheme"
    if fault := _scheme_fault(parts.scheme, allow_undotted=allow_undotted) or _common_fault(uri, parts):
        return fault
    if parts.scheme == "http" and not is_loopback(parts, localhost=localhost):
        literal = "127.0.0.1, [::1] or localhost" if localhost else "127.0.0.1 or [::1]"
        return f"is http, which only a loopback host may use ({literal})"
    return server_fault(parts, ip_hosts=parts.scheme == "http") if parts.scheme in {"http", "https"} else None


def check_web_uri(uri: str, *, max_length: int = MAX_URI_LENGTH) -> None:
    """For client_uri, logo_uri, policy_uri, tos_uri: https, or http on loopback. Raises InvalidClientMetadata."""
    if fault := web_uri_fault(uri, max_length=max_length):
        raise InvalidClientMetadata(f"the URI {fault}")


def redirect_uri_kind(uri: str) -> RedirectUriKind:
    """Of a URI that passed `check_redirect_uri`."""
    scheme = uri.partition(":")[0]
    return "https" if scheme == "https" else "loopback" if scheme == "http" else "private-use"


def redirect_uri_matches(
    registered: str, presented: str, *, any_loopback_port: bool, localhost_is_loopback: bool = True
) -> bool:
    """Byte for byte; with `any_loopback_port` the port of an http loopback URI may differ (RFC 8252 section 7.3).

    What may not be registered does not match either, however it came among the registered ones. Undotted schemes are
    left to registration.
    """
    try:
        check_redirect_uri(presented, allow_undotted_schemes=True, localhost_is_loopback=localhost_is_loopback)
    except InvalidRedirectUri:
        return False
    if registered == presented:
        return True
    if not any_loopback_port:
        return False
    form = _without_loopback_port(registered, localhost=localhost_is_loopback)
    return form is not None and form == _without_loopback_port(presented, localhost=localhost_is_loopback)


def form_action_source(uri: str) -> str:
    """The CSP source that lets a form end at `uri`, which passed `check_redirect_uri`.

    CSP cannot name an IPv6 literal, and a source that browsers do not understand blocks the redirect; for `[::1]` this
    is the scheme `http:`, the narrowest source that works.
    """
    parts = split_uri(uri)
    if parts is None or parts.scheme not in {"http", "https"}:
        return f"{uri.partition(':')[0]}:"
    return "http:" if parts.host.startswith("[") else f"{parts.scheme}://{parts.authority}"


def with_parameters(uri: str, pairs: Iterable[tuple[str, str]]) -> str:
    """`uri` with the parameters added to its query, which stays as it is (RFC 6749 section 3.1.2)."""
    added = encode_parameters(pairs)
    if not added:
        return uri
    joint = "?" if "?" not in uri else "" if uri.endswith(("?", "&")) else "&"
    return f"{uri}{joint}{added}"


def _scheme_fault(scheme: str, *, allow_undotted: bool) -> str | None:
    canonical = scheme.lower()
    if canonical in OTHERS_SCHEMES:
        return f"has the scheme {canonical}, which is not an app's own"
    if scheme != canonical:
        return f"has an upper-case scheme; write {canonical}:"
    if scheme in {"http", "https"} or _REVERSE_DOMAIN.fullmatch(scheme):
        return None
    if allow_undotted and "." not in scheme:
        return None
    return "has a scheme that is not a reversed domain name, such as com.example.app (RFC 8252 section 7.1)"


def _common_fault(uri: str, parts: UriParts) -> str | None:
    if "#" in uri:
        return "has a fragment"
    if "*" in uri:
        return "holds a wildcard; register each URI"
    if parts.authority and "@" in parts.authority:
        return "holds a user name or a password"
    return character_fault(uri)


def _without_loopback_port(uri: str, *, localhost: bool) -> tuple[str, str, str | None] | None:
    parts = split_uri(uri)
    if parts is None or parts.scheme != "http" or "#" in uri or not is_loopback(parts, localhost=localhost):
        return None
    return parts.host, parts.path, parts.query
