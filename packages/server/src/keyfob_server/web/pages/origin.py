"""Whether a form came from one of our own pages, as the browser says (the second check beside the sealed state)."""

from keyfob_server.web.asgi import Scope
from keyfob_server.web.limits import header


def same_origin(scope: Scope, base_url: str) -> bool:
    """Fetch metadata decides where it is sent: our own pages carry `Referrer-Policy: no-referrer`, under which browsers
    say `Origin: null`. One that sends no fetch metadata says that too: it, and a client that sends neither, is left to
    the sealed state and its cookie, which no other site's form brings along.
    """
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = header(scope, b"origin")
    return origin in {None, "null", base_url}
