"""The public address of the server. Everything that it announces begins with it, so it has one spelling only."""

import ipaddress
import re

from keyfob_server.settings.problems import quoted

MAX_LENGTH = 200
_PARTS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^/?#@:\[\]]+)(:(?P<port>[0-9]*))?(?P<rest>.*)",
    re.DOTALL,
)
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
_DEFAULT_PORT = {"https": "443", "http": "80"}
MAX_PORT = 65535


def check_base_url(text: str) -> str:
    """The URL itself: https, or http on a loopback host; scheme, host and port alone.

    Raises ValueError with a sentence that says what is wrong.
    """
    match = _PARTS.fullmatch(text)
    if len(text) > MAX_LENGTH or match is None or "@" in text:
        raise ValueError(f"must be https://host or https://host:port, not {quoted(text)}")
    scheme, host, port, rest = match["scheme"], match["host"], match["port"], match["rest"]
    if rest:
        raise ValueError(f"must end after host and port, without {quoted(rest)}; addresses below it are in [paths]")
    if scheme.lower() not in _DEFAULT_PORT:
        raise ValueError(f"must begin with https://, not {quoted(scheme + '://')}")
    if text != text.lower():
        raise ValueError(f"must be in lower case: {quoted(text.lower())}")
    _check_host(host)
    if port is not None:
        _check_port(port, scheme=scheme)
    if scheme == "http" and not is_loopback(host):
        raise ValueError("must begin with https://; http is for a loopback host only, in development and demos")
    return text


def is_loopback(host: str) -> bool:
    """Whether a host name or address (IPv6 with or without brackets) is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bracketed(host: str) -> str:
    """A host as a URL spells it: an IPv6 address goes in brackets."""
    return f"[{host}]" if ":" in host else host


def is_address_or_name(host: str) -> bool:
    """Whether a listener can be told to listen there: an IP address or a host name in lower case."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _NAME.fullmatch(host) is not None and not host.replace(".", "").isdigit()
    return True


def _check_host(host: str) -> None:
    bare = host.removeprefix("[").removesuffix("]")
    if is_address_or_name(bare) and (":" in bare) == host.startswith("["):
        canonical = str(ipaddress.ip_address(bare)) if ":" in bare else bare
        if canonical == bare:
            return
        raise ValueError(f"must write its host as [{canonical}]")
    raise ValueError(f"must name a host by its ASCII name or its IP address, not {quoted(host)}")


def _check_port(port: str, *, scheme: str) -> None:
    if not port or port != str(int(port)) or not 1 <= int(port) <= MAX_PORT:
        raise ValueError(f"must have a port from 1 to {MAX_PORT}, not {quoted(port)}")
    if port == _DEFAULT_PORT[scheme]:
        raise ValueError(f"must leave out :{port}, which {scheme} means anyway")
