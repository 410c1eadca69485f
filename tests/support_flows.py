"""Drives a flow by hand: a list of wants on one side, scripted replies on the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic

from keyfob_client.auth_state import AuthState
from keyfob_client.configuration import AppConfiguration
from keyfob_client.errors import (
    AuthorizationCancelled,
    ClientError,
)
from keyfob_client.flows import RANDOM_BYTES, register, sign_in
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.registration import RegistrationRequest
from keyfob_client.steps import Flow, Landed, Reply, Save, Saved, T, Visit, Want
from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import encode_parameters, parse_parameters
from support_client import (
    BASE,
    ISSUER,
    LOGOUT_URI,
    REDIRECT_URI,
    answer,
    id_token,
    jwks_answer,
    metadata,
    registered,
    registration_answer,
    token_answer,
)

Answer = Callable[[Want], HttpResponse | str | ClientError]


@dataclass
class Played(Generic[T]):
    """`result` or `error` is what the flow ended with."""

    wants: list[Want] = field(default_factory=list)
    result: T | None = None
    error: ClientError | None = None

    @property
    def saved(self) -> list[AuthState]:
        return [want.state for want in self.wants if isinstance(want, Save)]

    @property
    def requests(self) -> list[HttpRequest]:
        return [want for want in self.wants if isinstance(want, HttpRequest)]

    @property
    def visits(self) -> list[str]:
        return [want.url for want in self.wants if isinstance(want, Visit)]


def play(flow: Flow[T], answer: Answer) -> Played[T]:
    """`answer` gives an HttpResponse for a request, a URI for a visit, or an error that happens instead."""
    played = Played[T]()
    reply: Reply | None = None
    failure: ClientError | None = None
    try:
        while True:
            if failure:
                want = flow.throw(failure)
            elif reply:
                want = flow.send(reply)
            else:
                want = next(flow)
            played.wants.append(want)
            reply, failure = Saved(), None
            if not isinstance(want, Save):
                match answer(want):
                    case HttpResponse() as response:
                        reply = response
                    case str() as uri:
                        reply = Landed(uri)
                    case ClientError() as error:
                        failure = error
    except StopIteration as end:
        played.result = end.value
    except ClientError as error:
        played.error = error
    return played


CONFIGURATION = AppConfiguration(ISSUER, ClientId("mobile-dcr-client"), REDIRECT_URI, LOGOUT_URI, ("openid", "profile"))
ASKED = RegistrationRequest((REDIRECT_URI,), (LOGOUT_URI,), ("openid", "profile"))
RANDOM = bytes(range(RANDOM_BYTES))


def query(url: str) -> dict[str, str]:
    return dict(parse_parameters(url.partition("?")[2]).pairs())


def landed(url: str, **changed: str | None) -> str:
    """The redirect that a good server makes of the authorization URL, with changes; None leaves a parameter out."""
    good: dict[str, str | None] = {"code": "c-1", "state": query(url)["state"], "iss": ISSUER}
    pairs = [(name, value) for name, value in (good | changed).items() if value is not None]
    return f"{REDIRECT_URI}?{encode_parameters(pairs)}"


def server(
    *,
    redirect: dict[str, str | None] | None = None,
    token: HttpResponse | ClientError | None = None,
    nonce: str | None = None,
    registering: HttpResponse | None = None,
    cancelled: bool = False,
) -> Answer:
    """A good server, but for what a test changes."""
    asked_nonce = ""

    def respond(want: Want) -> HttpResponse | str | ClientError:
        nonlocal asked_nonce
        match want:
            case Visit() if cancelled:
                return AuthorizationCancelled("closed", stage="authorization_response")
            case Visit(url) if url.startswith(f"{BASE}/logout"):
                return f"{LOGOUT_URI}?state={query(url)['state']}"
            case Visit(url):
                asked_nonce = query(url)["nonce"]
                return landed(url, **(redirect or {}))
            case HttpRequest(url=url) if url.endswith("/token"):
                return token or token_answer(id_token=id_token(nonce or asked_nonce))
            case HttpRequest(url=url) if url.endswith("/jwks"):
                return jwks_answer()
            case HttpRequest(url=url) if url.endswith("/register"):
                return registering or answer(201, registration_answer())
            case _:
                raise AssertionError(want)

    return respond


def playing_register(answers: Answer) -> Played[AuthState]:
    flow = register(AuthState(ISSUER), metadata(), CONFIGURATION, ASKED, redirect_uri=REDIRECT_URI, random_bytes=RANDOM)
    return play(flow, answers)


def playing_sign_in(answers: Answer, state: AuthState | None = None) -> Played[AuthState]:
    flow = sign_in(
        state or registered(), metadata(), scope=("openid", "profile"), redirect_uri=REDIRECT_URI, random_bytes=RANDOM
    )
    return play(flow, answers)


def signed_in() -> AuthState:
    state = playing_sign_in(server()).result
    assert state is not None
    return state
