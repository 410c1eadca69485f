"""What a flow asks of the world, and what the world says back. A flow does nothing else that could be seen outside."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import ConnectionFailed
from keyfob_client.messages import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Visit:
    """Open this URL in the person's browser and wait for its answer."""

    url: str


@dataclass(frozen=True, slots=True)
class Landed:
    """The URI that the browser was sent to."""

    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Save:
    """Keep this state now: the flow goes on when it is safe."""

    state: AuthState


@dataclass(frozen=True, slots=True)
class Saved:
    pass


Want = HttpRequest | Visit | Save
Reply = HttpResponse | Landed | Saved

_ATTEMPTS = 3

T = TypeVar("T")
Flow = Generator[Want, Reply, T]
"""`reply = yield want`, until it returns a T or raises a ClientError."""


def send(request: HttpRequest) -> Flow[HttpResponse]:
    match (yield request):
        case HttpResponse() as response:
            return response
        case other:
            raise TypeError(f"an HttpRequest is answered by an HttpResponse, not by {type(other).__name__}")


def send_until_answered(request: HttpRequest) -> Flow[HttpResponse]:
    """For a request that does no harm when it comes twice. Raises ConnectionFailed after the last attempt."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return (yield from send(request))
        except ConnectionFailed:
            continue
    return (yield from send(request))


def visit(url: str) -> Flow[str]:
    match (yield Visit(url)):
        case Landed(uri):
            return uri
        case other:
            raise TypeError(f"a Visit is answered by Landed, not by {type(other).__name__}")


def save(state: AuthState) -> Flow[None]:
    match (yield Save(state)):
        case Saved():
            return
        case other:
            raise TypeError(f"a Save is answered by Saved, not by {type(other).__name__}")
