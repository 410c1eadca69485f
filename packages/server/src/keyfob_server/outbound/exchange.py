"""One GET to one address that was checked: TLS for the name, no redirects, no proxy, no cookies, a bounded body."""

import ssl
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx

from keyfob_server.ports.fetching import Fetched, FetchFailed
from keyfob_server.rules.outbound_addresses import Target

USER_AGENT = "keyfob"

_OK = 200


class Unreachable(FetchFailed):
    """One address did not let us in; another one may."""


class CaFileUnusable(Exception):
    """One line."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    fetched: Fetched
    cache_control: str


def trusted_authorities(ca_file: Path | None) -> ssl.SSLContext:
    """Those of the system, and those of a PEM file (None: of none). Raises CaFileUnusable."""
    if not ca_file:
        return _of_the_system()
    context = _new_context()
    try:
        context.load_verify_locations(cafile=ca_file)
    except OSError as error:
        raise CaFileUnusable(f"outbound.ca_file: cannot read certificates from {ca_file}: {error}") from error
    return context


@cache
def _of_the_system() -> ssl.SSLContext:
    """Reading a hundred certificates takes longer than the rest of a start; whoever connects changes nothing in it."""
    return _new_context()


def _new_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    # the library's default may be older: systems differ
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def exchange(target: Target, address: str, *, tls: ssl.SSLContext, max_bytes: int, connect_s: float) -> Exchanged:
    """Raises Unreachable when the connection takes longer than `connect_s`, or its TLS does; FetchFailed.

    The caller bounds the time of the rest.
    """
    bracketed = f"[{address}]" if ":" in address else address
    request = httpx.Request(
        "GET",
        f"https://{bracketed}:{target.port}{target.path_and_query}",
        headers={
            "Host": target.authority,
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Connection": "close",
        },
        # The connection goes to the address; what the certificate must say is the name.
        extensions={"sni_hostname": target.host, "timeout": {"connect": connect_s}},
    )
    # A transport for each request: a pool would take connections to one address for alike, whatever their names.
    # The transport alone follows no redirect, keeps no cookie and does not look at the environment.
    async with httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=httpx.Limits(max_connections=1)) as way:
        try:
            response = await way.handle_async_request(request)
            try:
                return await _read(response, max_bytes)
            finally:
                await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(_why_not_connected(error)) from error
        except httpx.HTTPError as error:
            # Its text may repeat what the other side sent.
            raise FetchFailed(f"the exchange broke ({type(error).__name__})") from error


async def _read(response: httpx.Response, max_bytes: int) -> Exchanged:
    if response.status_code != _OK:
        raise FetchFailed(f"the answer has status {response.status_code}")
    # What is packed may unpack to any size.
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise FetchFailed("the answer is compressed")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > max_bytes:
            raise FetchFailed(f"the answer is larger than {max_bytes} bytes")
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Exchanged(Fetched(bytes(body), media_type), response.headers.get("cache-control", ""))


def _why_not_connected(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted ({cause.verify_message})"
        cause = cause.__cause__ or cause.__context__
    return f"it cannot be connected to ({type(error).__name__})"
