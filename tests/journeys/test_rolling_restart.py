"""Three nodes behind a balancer are restarted one after the other, and no app that uses them hears of it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support_balancer import Balancer, balancing
from support_installs import Install, new_install
from support_nodes import COUNT, Node, started
from support_postgres import cluster
from support_process import serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

APPS = 6
REQUESTS_A_CONNECTION = 20
DRAIN_S = 2
KEYS = "/oauth/v2/oauth-anonymous/jwks"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[Node]]:
    cluster().psql("postgres", "create database rolling")
    with serving(tmp_path, "--database-url", cluster().url("rolling")) as demo:
        configuration = demo.data_dir / "keyfob.toml"
    several = [Node(configuration, {"KEYFOB_DRAIN_S": str(DRAIN_S)}) for _ in range(COUNT)]
    with started(*several):
        yield several


async def use(install: Install, base_url: str, failures: list[str], restarted: asyncio.Event) -> None:
    """One request after the other, until all nodes were restarted."""
    while not restarted.is_set():
        async with httpx.AsyncClient(base_url=base_url, timeout=10) as http:
            for _ in range(REQUESTS_A_CONNECTION):
                try:
                    answers = (await install.refresh(http), await http.get(KEYS))
                    failures += [answer.text for answer in answers if answer.status_code != 200]
                except httpx.TransportError as error:
                    failures.append(repr(error))


async def restart_each(nodes: list[Node], balancer: Balancer) -> None:
    """The next when the one before has been given work again."""
    for node in nodes:
        assert await asyncio.to_thread(node.stop) == 0
        before = balancer.taken[node.url]
        await asyncio.to_thread(node.start)
        async with asyncio.timeout(30):
            while balancer.taken[node.url] == before:  # noqa: ASYNC110 - the apps make it so
                await asyncio.sleep(0.05)


def test_of_three_nodes_that_are_restarted_in_turn_no_request_fails(nodes: list[Node]) -> None:
    installs = [new_install(nodes[0].url) for _ in range(APPS)]
    failures: list[str] = []

    async def play() -> None:
        restarted = asyncio.Event()
        async with balancing(nodes) as (balancer, url):
            apps = [asyncio.create_task(use(install, url, failures, restarted)) for install in installs]
            try:
                await restart_each(nodes, balancer)
            finally:
                restarted.set()
                await asyncio.gather(*apps)

    asyncio.run(play())
    assert failures == []
    assert all(install.acknowledged > 10 * COUNT for install in installs)
