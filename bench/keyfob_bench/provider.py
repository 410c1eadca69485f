"""What the bench says to any server of OAuth 2 and OpenID Connect, once its clients and sessions are there."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from math import inf
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from keyfob_bench.contestant import Operation
from keyfob_bench.exchange import Exchange, Script, WrongAnswer
from keyfob_bench.messages import expect, header, members, request

VERIFIER = "a-verifier-of-the-bench-that-has-forty-three-letters-or-more"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Seat:
    """One install with a signed-in person: what a connection needs to speak for it."""

    client_id: str
    authorization: Mapping[str, str] = field(repr=False)
    redirect_uri: str
    scope: str
    cookie: str = field(repr=False)
    """The browser's, with a session."""
    since: float = inf
    """When the session's password was given, on the monotonic clock; `inf` where nobody asks how long ago that is."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A started server, by its paths."""

    discovery: str
    endpoints: Mapping[str, str]
    """The members of its metadata that are addresses, as paths."""
    seats: Mapping[str, Sequence[Seat]]
    """By the algorithm of their ID tokens: one for each connection."""
    service: Mapping[str, str] = field(repr=False)
    """The credentials of a client that gets tokens for itself."""
    initial_token: str = field(repr=False)
    """Good for any number of registrations."""
    registered: Mapping[str, object]
    """What a registration asks for."""
    of_template: Mapping[str, object] = field(default_factory=dict)
    """What a registration asks for that names a template; empty where the server has none."""
    keys: bool = False
    """Whether an install may register its key, instead of being given a secret."""
    own: "Mapping[Operation, Callable[[Provider, int], Script]]" = field(default_factory=dict)
    """What is said to this server alone: its pages, its way to an initial token."""

    def seat(self, connection: int) -> Seat:
        """That of a connection which does not care for the algorithm of its ID tokens."""
        return next(iter(self.seats.values()))[connection]

    def script(self, operation: Operation, connection: int) -> Script | None:
        """None for an operation that the server has not."""
        match operation:
            case Operation.REGISTER_TEMPLATED if not self.of_template:
                return None
            case Operation.REGISTER_KEY if not self.keys:
                return None
            case Operation.CODE_ES256 if "ES256" not in self.seats:
                return None
            case Operation.CODE_RS256 if "RS256" not in self.seats:
                return None
        make = self.own.get(operation) or _SCRIPTS.get(operation)
        return None if make is None else make(self, connection)


def authorize_path(provider: Provider, seat: Seat) -> str:
    """The authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3)."""
    query = {
        "response_type": "code",
        "client_id": seat.client_id,
        "redirect_uri": seat.redirect_uri,
        "scope": seat.scope,
        "state": "state-of-the-bench",
        "nonce": "nonce-of-the-bench",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{provider.endpoints['authorization_endpoint']}?{urlencode(query)}"


def authorize(provider: Provider, seat: Seat) -> bytes:
    return request("GET", authorize_path(provider, seat), headers={"Cookie": seat.cookie})


def redeem(provider: Provider, seat: Seat, location: str) -> bytes:
    """The token request for the code that the redirect brought; raises WrongAnswer when it brought none."""
    brought = parse_qs(urlsplit(location).query)
    if not location.startswith(seat.redirect_uri) or "code" not in brought:
        raise WrongAnswer(f"no code: {location}")
    form = {
        "grant_type": "authorization_code",
        "code": brought["code"][0],
        "redirect_uri": seat.redirect_uri,
        "code_verifier": VERIFIER,
    }
    return request("POST", provider.endpoints["token_endpoint"], form=form, headers=seat.authorization)


def repeat(sent: bytes, status: int, holding: bytes) -> Script:
    """The same request again and again, each an operation."""
    exchange = Exchange(sent, completes=True)
    while True:
        expect((yield exchange), status, holding)


def _document(address: str, holding: bytes, provider: Provider, _: int) -> Script:
    path = provider.discovery if address == "discovery" else provider.endpoints[address]
    return repeat(request("GET", path), 200, holding)


def _client_credentials(provider: Provider, _: int) -> Script:
    form = {"grant_type": "client_credentials"}
    sent = request("POST", provider.endpoints["token_endpoint"], form=form, headers=provider.service)
    return repeat(sent, 200, b'"access_token"')


def _code_flow(alg: str, provider: Provider, connection: int) -> Script:
    seat = provider.seats[alg][connection]
    asking = Exchange(authorize(provider, seat), completes=False)
    while True:
        moved = yield asking
        if moved.status not in {302, 303}:
            raise WrongAnswer(f"{moved.status}: {moved.body[:300]!r}")
        answer = yield Exchange(redeem(provider, seat, header(moved, b"location")), completes=True)
        token = members(answer)["id_token"]
        if not isinstance(token, str) or token.count(".") != 2 or alg.encode() not in _head(token):  # noqa: PLR2004 - the parts of a JWT
            raise WrongAnswer(f"no ID token of {alg}")


def _head(token: str) -> bytes:
    return urlsafe_b64decode(token.partition(".")[0] + "==")


def _refresh(provider: Provider, connection: int) -> Script:
    seat = provider.seat(connection)
    moved = yield Exchange(authorize(provider, seat), completes=False)
    answer = yield Exchange(redeem(provider, seat, header(moved, b"location")), completes=False)
    yield from refreshing(provider, seat, str(members(answer)["refresh_token"]))


def refreshing(provider: Provider, seat: Seat, token: str) -> Script:
    """A chain of refresh tokens (RFC 6749 section 6), from one that was not used yet."""
    while True:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        sent = request("POST", provider.endpoints["token_endpoint"], form=form, headers=seat.authorization)
        renewed = str(members((yield Exchange(sent, completes=True)))["refresh_token"])
        if renewed == token:
            raise WrongAnswer("the refresh token was not rotated")
        token = renewed


def _with_access_token(
    provider: Provider, connection: int, ask: Callable[[Seat, str], bytes], holding: bytes
) -> Script:
    seat = provider.seat(connection)
    moved = yield Exchange(authorize(provider, seat), completes=False)
    answer = yield Exchange(redeem(provider, seat, header(moved, b"location")), completes=False)
    exchange = Exchange(ask(seat, str(members(answer)["access_token"])), completes=True)
    while True:
        expect((yield exchange), 200, holding)


def _introspection(provider: Provider, connection: int) -> Script:
    def ask(seat: Seat, token: str) -> bytes:
        path = provider.endpoints["introspection_endpoint"]
        return request("POST", path, form={"token": token}, headers=seat.authorization)

    return _with_access_token(provider, connection, ask, b'"active":true')


def _userinfo(provider: Provider, connection: int) -> Script:
    def ask(_: Seat, token: str) -> bytes:
        return request("GET", provider.endpoints["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})

    return _with_access_token(provider, connection, ask, b'"sub"')


def _registration(provider: Provider, _: int) -> Script:
    return _register(provider, provider.registered, b'"client_secret"')


def _registration_by_template(provider: Provider, _: int) -> Script:
    return _register(provider, provider.of_template, b'"client_secret"')


def _registration_with_key(provider: Provider, _: int) -> Script:
    own = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [_public_key()]}}
    return _register(provider, {**provider.registered, **own}, b'"jwks"')


def _register(provider: Provider, document: Mapping[str, object], holding: bytes) -> Script:
    headers = {"Authorization": f"Bearer {provider.initial_token}"}
    sent = request("POST", provider.endpoints["registration_endpoint"], document=document, headers=headers)
    return repeat(sent, 201, holding)


def _public_key() -> Mapping[str, str]:
    """A new one of P-256, as a JWK (RFC 7517)."""
    numbers = generate_private_key(SECP256R1()).public_key().public_numbers()
    x, y = (urlsafe_b64encode(one.to_bytes(32)).rstrip(b"=").decode() for one in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "of-the-install", "alg": "ES256", "use": "sig"}


_SCRIPTS: Mapping[Operation, Callable[[Provider, int], Script]] = {
    Operation.DISCOVERY: partial(_document, "discovery", b'"issuer"'),
    Operation.KEYS: partial(_document, "jwks_uri", b'"keys"'),
    Operation.REGISTER_SECRET: _registration,
    Operation.REGISTER_TEMPLATED: _registration_by_template,
    Operation.REGISTER_KEY: _registration_with_key,
    Operation.CLIENT_CREDENTIALS: _client_credentials,
    Operation.REFRESH: _refresh,
    Operation.INTROSPECTION: _introspection,
    Operation.USERINFO: _userinfo,
    Operation.CODE_ES256: partial(_code_flow, "ES256"),
    Operation.CODE_RS256: partial(_code_flow, "RS256"),
}
