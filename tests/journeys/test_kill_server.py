"""kill -9 of the whole server under load over HTTP: every answer that an app got still holds after the restart."""

import asyncio
import os
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from support_app import TOKEN, basic
from support_installs import Install, new_install
from support_process import ServerProcess, serving

KILLS = 200 if os.environ.get("KEYFOB_NIGHTLY") == "1" else 8
ACKNOWLEDGED = 100 * KILLS
INSTALLS = 8


async def _load_until_killed(server: ServerProcess, installs: list[Install], enough: int) -> None:
    """Every install refreshes without a pause; the server is killed after `enough` answers or a few more."""
    goal = sum(install.acknowledged for install in installs) + enough

    async def go_on(install: Install, http: httpx.AsyncClient) -> None:
        try:
            while True:
                answer = await install.refresh(http)
                if answer.status_code != 200:
                    install.unusable.append(answer.text)
                    return
                if sum(one.acknowledged for one in installs) >= goal:
                    server.kill()
        except httpx.TransportError:
            return

    async with httpx.AsyncClient(base_url=server.base_url, timeout=10) as http:
        await asyncio.gather(*(go_on(install, http) for install in installs))


def _registered(data_dir: Path) -> set[str]:
    with closing(sqlite3.connect(data_dir / "keyfob.db")) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        rows = connection.execute("select client_id from dynamically_registered_clients").fetchall()
    return {row[0] for row in rows}


@pytest.mark.slow
@pytest.mark.timeout(3600 if KILLS > 8 else 300)
def test_every_registration_and_token_that_was_answered_survives_kill_9(tmp_path: Path) -> None:
    chance = random.Random()  # noqa: S311 - when to kill is no secret
    with serving(tmp_path) as server:
        installs = [new_install(server.base_url) for _ in range(INSTALLS)]
        asyncio.run(_load_until_killed(server, installs, 100))
    for _ in range(KILLS - 1):
        with serving(tmp_path) as server:
            installs.append(new_install(server.base_url))
            asyncio.run(_load_until_killed(server, installs, chance.randint(100, 140)))
            assert {install.instance.client_id for install in installs} <= _registered(server.data_dir)
    with serving(tmp_path) as server, httpx.Client(base_url=server.base_url) as http:
        for install in installs:
            form = {"grant_type": "refresh_token", "refresh_token": install.refresh_token}
            credentials = basic(install.instance.client_id, install.instance.client_secret)
            assert http.post(TOKEN, data=form, headers=credentials).status_code == 200
    assert [text for install in installs for text in install.unusable] == []
    assert sum(install.acknowledged for install in installs) >= ACKNOWLEDGED
