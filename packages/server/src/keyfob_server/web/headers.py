"""Response headers that every answer carries, and those that pages add."""

import re
from collections.abc import Iterable

Headers = tuple[tuple[str, str], ...]

_PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "payment",
        "usb",
    )
)

_EVERYWHERE: Headers = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", _PERMISSIONS_POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)

# A year, without includeSubDomains: the other hosts of the domain are not ours to decide about.
_TRANSPORT_SECURITY = ("Strict-Transport-Security", "max-age=31536000")

_NOTHING = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

_OWN_SCRIPT, _NO_SOURCE = "script-src 'self'; ", "'none'"

# A scheme (`io.curity.dcrclient:`) or an origin (`https://app.example:8443`). What matches can end neither the
# directive nor the header, and is never a wildcard.
_FORM_ACTION_SOURCE = re.compile(r"[a-z][a-z0-9+.-]{0,1999}:|https?://[a-z0-9][a-z0-9.-]{0,252}(:[0-9]{1,5})?")


def security_headers(*, https: bool) -> Headers:
    """For answers that are not pages: JSON, keys, redirects, static files. `https` says how the base URL begins."""
    return (*_transport_security(https=https), ("Content-Security-Policy", _NOTHING), *_EVERYWHERE)


def page_headers(*, https: bool, form_action: Iterable[str] = (), own_forms: bool = True) -> Headers:
    """For HTML pages.

    `form_action` names where the answer to a form may redirect to, besides ourselves, as CSP sources: Chromium applies
    the directive to the redirect as well. Raises `ValueError` for anything but a scheme or an http(s) origin.
    Without `own_forms` it is a page that only hands a form on: none goes to ourselves, and our own script may run.
    """
    sources = ["'self'"] if own_forms else []
    for source in form_action:
        if not _FORM_ACTION_SOURCE.fullmatch(source):
            raise ValueError(f"not a CSP scheme or origin: {source!r}")
        sources.append(source)
    policy = (
        f"default-src 'none'; {'' if own_forms else _OWN_SCRIPT}style-src 'self'; img-src 'self'; "
        f"form-action {' '.join(sources) or _NO_SOURCE}; base-uri 'none'; frame-ancestors 'none'"
    )
    return (
        *_transport_security(https=https),
        ("Content-Security-Policy", policy),
        *_EVERYWHERE,
        ("Cache-Control", "no-store"),
    )


def _transport_security(*, https: bool) -> Headers:
    return (_TRANSPORT_SECURITY,) if https else ()
