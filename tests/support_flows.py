"""Drives a flow by hand: a list of wants on one side, scripted replies on the other."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import ClientError
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.steps import Flow, Landed, Reply, Save, Saved, T, Visit, Want

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
