"""An install's whole life: registered, signed in, its tokens looked at, renewed and revoked."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

from keyfob_bench.exchange import Answer, Exchange, Script, WrongAnswer
from keyfob_bench.messages import basic, expect, header, members, request
from keyfob_bench.provider import Provider, Seat, authorize, redeem

# Says one part of a script; what it returns goes to the next.
Part = Generator[Exchange, Answer, "Seat"]


def registered(provider: Provider, initial_token: str, document: Mapping[str, object], seat: Seat) -> Part:
    """A new install for the person of the seat."""
    headers = {"Authorization": f"Bearer {initial_token}"}
    sent = request("POST", provider.endpoints["registration_endpoint"], document=document, headers=headers)
    answer = members((yield Exchange(sent, completes=False)), 201)
    client_id, secret = str(answer["client_id"]), str(answer["client_secret"])
    return Seat(client_id, basic(client_id, secret), seat.redirect_uri, seat.scope, seat.cookie)


def used(provider: Provider, seat: Seat) -> Script:
    """Code flow with the session, introspection, refresh, revocation; the last completes the operation."""
    moved = yield Exchange(authorize(provider, seat), completes=False)
    tokens = members((yield Exchange(redeem(provider, seat, header(moved, b"location")), completes=False)))
    asking = {"token": str(tokens["access_token"])}
    expect((yield _posted(provider, seat, "introspection_endpoint", asking)), 200, b'"active":true')
    form = {"grant_type": "refresh_token", "refresh_token": str(tokens["refresh_token"])}
    renewed = members((yield _posted(provider, seat, "token_endpoint", form)))
    if renewed["refresh_token"] == tokens["refresh_token"]:
        raise WrongAnswer("the refresh token was not rotated")
    revoking = {"token": str(renewed["refresh_token"]), "token_type_hint": "refresh_token"}
    expect((yield _posted(provider, seat, "revocation_endpoint", revoking, completes=True)), 200)


def from_registration(provider: Provider, connection: int) -> Script:
    """The journey at a server whose initial tokens come from elsewhere."""
    seat = provider.seats["ES256"][connection]
    while True:
        install = yield from registered(provider, provider.initial_token, provider.registered, seat)
        yield from used(provider, install)


def _posted(
    provider: Provider, seat: Seat, endpoint: str, form: Mapping[str, str], *, completes: bool = False
) -> Exchange:
    return Exchange(request("POST", provider.endpoints[endpoint], form=form, headers=seat.authorization), completes)


@dataclass(slots=True)
class Cookies:
    """A browser's, for a server that sets each for all of its paths."""

    kept: dict[str, str] = field(default_factory=dict, repr=False)

    def take(self, answer: Answer) -> None:
        for line in answer.head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"set-cookie":
                cookie, _, content = value.strip().partition(b";")[0].decode().partition("=")
                self.kept[cookie] = content

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.kept.items())} if self.kept else {}
