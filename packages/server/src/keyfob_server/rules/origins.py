"""Web origins that an operator may list (RFC 6454 section 6.2): what a browser says in the `Origin` header."""

from typing import Final

from keyfob_protocol.uris import split_uri, web_uri_fault

MAX_ORIGIN: Final = 300
"""Characters."""
_DEFAULT_PORTS: Final = {"https": "443", "http": "80"}


def origin_fault(text: str) -> str | None:
    """Why `text` is no origin that can be let in, as the rest of a sentence; None when it is one.

    Scheme, host and port as browsers write them: https, or http on loopback. `null` and `*` are none.
    """
    if fault := web_uri_fault(text, max_length=MAX_ORIGIN, ip_hosts=True):
        return fault
    parts = split_uri(text)
    if parts is None or text != f"{parts.scheme}://{parts.authority}":
        return "has more than scheme, host and port"
    if parts.port == _DEFAULT_PORTS[parts.scheme]:
        return f"names the port :{parts.port}, which browsers leave out"
    return None
