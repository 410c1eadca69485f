import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.driving import NO_USER_AGENT, drive, drive_async
from keyfob_client.errors import ClientError, ConnectionFailed, StoreUnavailable
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.steps import Flow, save, send, visit
from keyfob_client.stores.memory import MemoryStore
from keyfob_client.stores.state_keeper import StateKeeper
from support_client import ISSUER, registered

REQUEST = HttpRequest("GET", "https://as.example/a")


@dataclass
class World:
    """Does what is wanted, or fails as it is told to."""

    done: list[str] = field(default_factory=list)
    failure: ClientError | None = None

    def send(self, request: HttpRequest) -> HttpResponse:
        self.done.append(request.url)
        if self.failure:
            raise self.failure
        return HttpResponse(200)

    def visit(self, url: str) -> str:
        self.done.append(url)
        return url + "?code=c"

    def save(self, state: AuthState) -> None:
        self.done.append(state.view)


@dataclass
class AsyncWorld:
    world: World

    async def send(self, request: HttpRequest) -> HttpResponse:
        await asyncio.sleep(0)
        return self.world.send(request)

    async def visit_async(self, url: str) -> str:
        await asyncio.sleep(0)
        return self.world.visit(url)


def drive_here(flow: Flow[str], world: World) -> str:
    return drive(flow, world, world, world)


def drive_beside_a_loop(flow: Flow[str], world: World) -> str:
    beside = AsyncWorld(world)
    return asyncio.run(drive_async(flow, beside, world, beside))


Drive = Callable[[Flow[str], World], str]
both = pytest.mark.parametrize("driving", [drive_here, drive_beside_a_loop])


def journey() -> Flow[str]:
    response = yield from send(REQUEST)
    uri = yield from visit("https://as.example/authorize")
    yield from save(registered())
    return f"{response.status} {uri}"


def recovering() -> Flow[str]:
    try:
        yield from send(REQUEST)
    except ConnectionFailed as error:
        yield from save(AuthState(ISSUER))
        return error.explanation
    return "no error"


@both
def test_wants_are_done_in_their_order_and_the_result_comes_back(driving: Drive) -> None:
    world = World()
    assert driving(journey(), world) == "200 https://as.example/authorize?code=c"
    assert world.done == ["https://as.example/a", "https://as.example/authorize", "Unauthenticated"]


@both
def test_an_error_is_told_to_the_flow_first(driving: Drive) -> None:
    world = World(failure=ConnectionFailed("gone", stage="connection"))
    assert driving(recovering(), world) == "gone"
    assert world.done == ["https://as.example/a", "Registration"]


@both
def test_an_error_that_the_flow_does_not_know_ends_it(driving: Drive) -> None:
    world = World(failure=StoreUnavailable("locked", stage="store"))
    flow = recovering()
    with pytest.raises(StoreUnavailable):
        driving(flow, world)
    with pytest.raises(StopIteration):
        next(flow)


def test_a_flow_that_needs_no_browser_gets_none() -> None:
    world = World()
    assert drive(recovering(), world, world) == "no error"
    with pytest.raises(TypeError, match="browser"):
        drive(journey(), world, world, NO_USER_AGENT)
    with pytest.raises(TypeError, match="browser"):
        asyncio.run(drive_async(journey(), AsyncWorld(world), world))


def test_a_saved_state_is_loaded_after_a_restart() -> None:
    store, world = MemoryStore(), World()
    drive(journey(), world, StateKeeper(store, ISSUER), world)
    assert StateKeeper(store, ISSUER).load() == registered()
