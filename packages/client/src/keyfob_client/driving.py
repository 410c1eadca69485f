"""Runs a flow: does what it wants, one thing after the other, and hands back what came of it."""

from typing import Protocol, assert_never

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import ClientError
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.steps import Flow, Landed, Reply, Save, Saved, T, Visit, Want


class Transport(Protocol):
    def send(self, request: HttpRequest) -> HttpResponse: ...


class UserAgent(Protocol):
    def visit(self, url: str) -> str: ...


class Keeper(Protocol):
    def save(self, state: AuthState) -> None: ...


class AsyncTransport(Protocol):
    async def send(self, request: HttpRequest) -> HttpResponse: ...


class AsyncUserAgent(Protocol):
    async def visit_async(self, url: str) -> str: ...


class NoUserAgent:
    """For flows that never open a browser: discover, refresh."""

    def visit(self, url: str) -> str:
        raise TypeError(f"this flow was not given a browser, but wants to open {url.partition('?')[0]}")

    async def visit_async(self, url: str) -> str:
        return self.visit(url)


NO_USER_AGENT = NoUserAgent()


def drive(flow: Flow[T], transport: Transport, keeper: Keeper, user_agent: UserAgent = NO_USER_AGENT) -> T:
    """What the flow returns. Raises the ClientError that ended it; each is told to the flow first."""
    try:
        want = next(flow)
        while True:
            try:
                reply = _answer(want, transport, keeper, user_agent)
            except ClientError as error:
                want = flow.throw(error)
            else:
                want = flow.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        flow.close()


async def drive_async(
    flow: Flow[T], transport: AsyncTransport, keeper: Keeper, user_agent: AsyncUserAgent = NO_USER_AGENT
) -> T:
    """As `drive`, for an event loop. Cancelling it ends the flow where it stands."""
    try:
        want = next(flow)
        while True:
            try:
                reply = await _answer_async(want, transport, keeper, user_agent)
            except ClientError as error:
                want = flow.throw(error)
            else:
                want = flow.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        flow.close()


def _answer(want: Want, transport: Transport, keeper: Keeper, user_agent: UserAgent) -> Reply:
    match want:
        case HttpRequest():
            return transport.send(want)
        case Visit(url):
            return Landed(user_agent.visit(url))
        case Save(state):
            keeper.save(state)
            return Saved()
        case unknown:
            assert_never(unknown)


async def _answer_async(want: Want, transport: AsyncTransport, keeper: Keeper, user_agent: AsyncUserAgent) -> Reply:
    match want:
        case HttpRequest():
            return await transport.send(want)
        case Visit(url):
            return Landed(await user_agent.visit_async(url))
        case Save(state):
            # Not handed to a thread: a cancelled task must not leave a registration half saved.
            keeper.save(state)
            return Saved()
        case unknown:
            assert_never(unknown)
