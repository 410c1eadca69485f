"""kill -9 under load over HTTP, of the whole server or of its database: every answer that an app got still holds."""

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import httpx
import pytest

from support_app import TOKEN, basic
from support_deaths import Death, OfPostgresql, OnPostgresql, on_postgresql, on_sqlite
from support_installs import Install, new_install
from support_process import ServerProcess, serving

NIGHTLY = os.environ.get("KEYFOB_NIGHTLY") == "1"
INSTALLS = 8
DEATHS = {
    "server on sqlite": (on_sqlite, 200 if NIGHTLY else 8),
    "server on postgresql": (partial(on_postgresql, OnPostgresql), 50 if NIGHTLY else 4),
    "postgresql": (partial(on_postgresql, OfPostgresql), 50 if NIGHTLY else 4),
}


async def _load_until_killed(server: ServerProcess, installs: list[Install], enough: int, death: Death) -> None:
    """Every install refreshes without a pause; the killing comes after `enough` answers or a few more."""
    goal = sum(install.acknowledged for install in installs) + enough
    killed = asyncio.Event()

    async def go_on(install: Install, http: httpx.AsyncClient) -> None:
        try:
            while True:
                answer = await install.refresh(http)
                if answer.status_code == 503 and killed.is_set():
                    return
                if answer.status_code != 200:
                    install.unusable.append(answer.text)
                    return
                if sum(one.acknowledged for one in installs) >= goal and not killed.is_set():
                    killed.set()
                    death.kill(server)
        except httpx.TransportError:
            assert killed.is_set()

    async with httpx.AsyncClient(base_url=server.base_url, timeout=20) as http:
        await asyncio.gather(*(go_on(install, http) for install in installs))


def _every_answer_holds(server: ServerProcess, installs: list[Install]) -> None:
    """The newest token of each is good, and is exchanged for the next."""
    with httpx.Client(base_url=server.base_url, timeout=20) as http:
        for install in installs:
            form = {"grant_type": "refresh_token", "refresh_token": install.refresh_token}
            credentials = basic(install.instance.client_id, install.instance.client_secret)
            answer = http.post(TOKEN, data=form, headers=credentials)
            assert answer.status_code == 200, answer.text
            install.refresh_token = answer.json()["refresh_token"]


@pytest.mark.slow
@pytest.mark.timeout(3600 if NIGHTLY else 300)
@pytest.mark.parametrize(("world", "kills"), DEATHS.values(), ids=DEATHS)
def test_every_registration_and_token_that_was_answered_survives_kill_9(
    tmp_path: Path, world: Callable[[], AbstractContextManager[Death]], kills: int
) -> None:
    chance = random.Random()  # noqa: S311 - when to kill is no secret
    installs: list[Install] = []
    with world() as death:
        for _ in range(kills):
            with serving(tmp_path, *death.arguments) as server:
                _every_answer_holds(server, installs)
                while len(installs) < INSTALLS:
                    installs.append(new_install(server.base_url))
                installs.append(new_install(server.base_url))
                asyncio.run(_load_until_killed(server, installs, chance.randint(100, 140), death))
                death.bring_back()
                assert {install.instance.client_id for install in installs} <= death.registered(server)
                if server.process.poll() is None:
                    _every_answer_holds(server, installs)
        with serving(tmp_path, *death.arguments) as server:
            _every_answer_holds(server, installs)
    assert [text for install in installs for text in install.unusable] == []
    assert sum(install.acknowledged for install in installs) >= 100 * kills
