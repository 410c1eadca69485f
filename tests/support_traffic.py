"""Traffic at a server process over real connections, at a pace, and how long its answers took."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from keyfob_bench.exchange import Answer
from keyfob_bench.messages import basic, header, members, request
from support_app import REDIRECT, REGISTER, TOKEN, answer_of, form_action, form_state
from support_remote_app import RemoteApp

PATIENCE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Line:
    """A connection that stays open."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, message: bytes) -> Answer:
        self.writer.write(message)
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        length = int(header(Answer(0, head, b""), b"content-length"))
        return Answer(int(head[9:12]), head, await self.reader.readexactly(length))


@asynccontextmanager
async def lines(base_url: str, count: int) -> AsyncIterator[tuple[Line, ...]]:
    where = urlsplit(base_url)
    opened = [Line(*await asyncio.open_connection(where.hostname, where.port)) for _ in range(count)]
    try:
        yield tuple(opened)
    finally:
        for line in opened:
            line.writer.close()


@dataclass(slots=True)
class SignedIn:
    """An instance, and the refresh token that it holds now."""

    client_id: str
    secret: str
    refresh_token: str

    async def refresh(self, line: Line) -> float:
        """Seconds until the new tokens came."""
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        message = request("POST", TOKEN, form=form, headers=basic(self.client_id, self.secret))
        begun = time.perf_counter()
        answer = await line.say(message)
        took = time.perf_counter() - begun
        self.refresh_token = members(answer)["refresh_token"]
        return took


def signed_in(base_url: str) -> SignedIn:
    """A new install of demouser's, signed in."""
    app = RemoteApp(base_url)
    instance = app.new_instance(grant_types=["authorization_code", "refresh_token"])
    with httpx.Client() as browser:
        page = browser.get(app.authorize_url(instance.client_id, REDIRECT))
        form = {"state": form_state(page), "username": "demouser", "password": "Password1"}
        code = answer_of(browser.post(base_url + form_action(page), data=form))["code"]
    tokens = app.redeem(code, REDIRECT, instance)
    return SignedIn(instance.client_id, instance.client_secret, tokens["refresh_token"])


async def refreshing(own: Sequence[tuple[SignedIn, Line]], *, seconds: float, every_s: float) -> list[float]:
    """How long each refresh took; each install asks `every_s`, and after its last answer."""

    async def one(install: SignedIn, line: Line) -> list[float]:
        return [await install.refresh(line) async for _ in beats(seconds, every_s)]

    return list(chain.from_iterable(await asyncio.gather(*(one(install, line) for install, line in own))))


async def registering(at: Sequence[Line], token: str, *, seconds: float, per_second: int) -> list[Answer]:
    document = {"redirect_uris": [REDIRECT], "client_name": "Harbour Bank"}
    message = request("POST", REGISTER, document=document, headers={"Authorization": f"Bearer {token}"})

    async def one(line: Line) -> list[Answer]:
        return [await line.say(message) async for _ in beats(seconds, len(at) / per_second)]

    return list(chain.from_iterable(await asyncio.gather(*(one(line) for line in at))))


@dataclass(frozen=True, slots=True)
class SignInForm:
    """The sign-in page as one browser has it open."""

    path: str
    state: str
    cookie: str

    async def submit(self, line: Line) -> Answer:
        """A wrong password, for another name each time."""
        form = {"state": self.state, "username": f"nobody-{uuid4().hex}", "password": "wrong"}
        return await line.say(request("POST", self.path, form=form, headers={"Cookie": self.cookie}))


def sign_in_form(base_url: str) -> SignInForm:
    with httpx.Client() as browser:
        page = browser.get(RemoteApp(base_url).dcr_url(REDIRECT, prompt="login"))
        cookie = "; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar)
        return SignInForm(form_action(page), form_state(page), cookie)


def page_view(base_url: str) -> bytes:
    """The request for a sign-in page."""
    return request("GET", RemoteApp("").dcr_url(REDIRECT, prompt="login"), headers={"Host": urlsplit(base_url).netloc})


async def in_waves(say: Sequence[Callable[[], Awaitable[Answer]]], *, seconds: float, wave_s: float) -> list[Answer]:
    """All at once; and when every one was answered, but not before `wave_s` are over, again."""
    answers: list[Answer] = []
    async for _ in beats(seconds, wave_s):
        answers += await asyncio.gather(*(one() for one in say))
    return answers


async def beats(seconds: float, every_s: float) -> AsyncIterator[None]:
    """At a pace that waits for nobody: whoever is late catches up, until the seconds are over."""
    begun = time.perf_counter()
    for number in range(int(seconds / every_s)):
        await asyncio.sleep(max(0.0, begun + number * every_s - time.perf_counter()))
        if time.perf_counter() - begun > seconds:
            return
        yield


def p99(took: Sequence[float]) -> float:
    return sorted(took)[min(int(len(took) * 0.99), len(took) - 1)]


CALM: Final = "calm"
Storm = Callable[[float], Awaitable[list[Answer]]]


@dataclass(frozen=True, slots=True)
class Compared:
    """By what went on meanwhile: the p99 of refreshes in each round, in seconds."""

    rounds: Mapping[str, Sequence[float]]

    def factor(self, name: str, *, than: str = CALM) -> float:
        """How much slower: the median of what each round came to beside its neighbour."""
        return median(slow / fast for slow, fast in zip(self.rounds[name], self.rounds[than], strict=True))

    def __str__(self) -> str:
        return "; ".join(
            f"{name}: p99 {median(found) * 1000:.1f} ms, {self.factor(name):.2f} times"
            for name, found in self.rounds.items()
        )


async def compared(
    own: Sequence[tuple[SignedIn, Line]], storms: Mapping[str, Storm], *, rounds: int, round_s: float, every_s: float
) -> tuple[Compared, Mapping[str, list[Answer]]]:
    """Refreshes alone, and beside each storm, which is told for how many seconds; in turns, on the same server."""
    found: dict[str, list[float]] = {CALM: [], **{name: [] for name in storms}}
    answers: dict[str, list[Answer]] = {name: [] for name in storms}
    for _ in range(rounds):
        found[CALM].append(p99(await refreshing(own, seconds=round_s, every_s=every_s)))
        for name, storm in storms.items():
            took, seen = await asyncio.gather(refreshing(own, seconds=round_s, every_s=every_s), storm(round_s))
            found[name].append(p99(took))
            answers[name] += seen
    return Compared(found), answers
