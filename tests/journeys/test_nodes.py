"""Three nodes on one PostgreSQL, asked for the same thing at the same moment by many clients."""

import asyncio
import json
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from demo_story.server_process import PROGRAM
from support_app import (
    REDIRECT,
    REGISTER,
    TOKEN,
    USERINFO,
    Instance,
    Pkce,
    answer_of,
    basic,
    bearer,
    form_action,
    form_state,
)
from support_nodes import Nodes, running_nodes
from support_postgres import cluster
from support_remote_app import RemoteApp

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CLIENTS = 64
ITEMS = 128
GRANTS = 8
"""Of one person at one instance; more than ten are not kept."""
JWKS = "/oauth/v2/oauth-anonymous/jwks"
INTROSPECT = "/oauth/v2/oauth-introspect"


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    cluster().psql("postgres", "create database nodes")
    with running_nodes(tmp_path_factory.mktemp("nodes"), "nodes") as running:
        yield running


def keyfob(nodes: Nodes, *arguments: str) -> str:
    command = [str(PROGRAM), "--config", str(nodes.configuration), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


Ask = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]


def race(nodes: Nodes, asks: list[Ask], *, rivals: int = 3) -> list[list[httpx.Response]]:
    """Each ask at `rivals` nodes at the same moment, CLIENTS of them under way; the answers by ask."""

    async def run() -> list[list[httpx.Response]]:
        places = asyncio.Semaphore(CLIENTS // rivals)
        limits = httpx.Limits(max_connections=CLIENTS)
        async with httpx.AsyncClient(limits=limits, timeout=30) as client:

            async def one(ask: Ask) -> list[httpx.Response]:
                async with places:
                    urls = [url for url, _ in zip(cycle(nodes.urls), range(rivals), strict=False)]
                    return await asyncio.gather(*(ask(client, url) for url in urls))

            return await asyncio.gather(*(one(ask) for ask in asks))

    return asyncio.run(run())


def statuses(answers: list[httpx.Response]) -> tuple[int, ...]:
    return tuple(sorted(answer.status_code for answer in answers))


def posting(path: str, form: dict[str, str], headers: dict[str, str]) -> Ask:
    return lambda client, url: client.post(url + path, data=form, headers=headers)


@pytest.fixture(scope="module")
def instance(nodes: Nodes) -> Instance:
    return RemoteApp(nodes.urls[0]).new_instance(grant_types=["authorization_code", "refresh_token"])


def codes_of(nodes: Nodes, instance: Instance, count: int) -> list[tuple[str, Pkce]]:
    """Of one signed-in browser, which asks the nodes in turn."""
    made: list[tuple[str, Pkce]] = []
    with httpx.Client() as browser:
        for number, url in zip(range(count), cycle(nodes.urls), strict=False):
            pkce = Pkce()
            page = browser.get(RemoteApp(url, pkce).authorize_url(instance.client_id, REDIRECT))
            if page.status_code == 200:
                assert number == 0, "a session of one node holds on the others"
                form = {"state": form_state(page), "username": "demouser", "password": "Password1"}
                page = browser.post(url + form_action(page), data=form)
            made.append((answer_of(page)["code"], pkce))
    return made


def redemption(instance: Instance, code: str, pkce: Pkce) -> Ask:
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
    return posting(TOKEN, form, basic(instance.client_id, instance.client_secret))


def refreshing(instance: Instance, refresh_token: str) -> Ask:
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return posting(TOKEN, form, basic(instance.client_id, instance.client_secret))


def test_f3_an_initial_token_that_is_used_at_three_nodes_at_once_registers_one_instance(nodes: Nodes) -> None:
    credentials = basic("dcr-issuer", nodes.issuer_secret)
    minted = race(
        nodes, [posting(TOKEN, {"grant_type": "client_credentials", "scope": "dcr"}, credentials)] * ITEMS, rivals=1
    )
    tokens = [answer.json()["access_token"] for (answer,) in minted]
    document = {"redirect_uris": [REDIRECT], "scope": "openid"}

    def registering(token: str) -> Ask:
        return lambda client, url: client.post(url + REGISTER, json=document, headers=bearer(token))

    answers = race(nodes, [registering(token) for token in tokens])
    assert Counter(map(statuses, answers)) == {(201, 401, 401): ITEMS}
    assert {one.json()["error"] for group in answers for one in group if one.status_code == 401} == {"invalid_token"}


def test_c2_a_code_that_is_redeemed_at_three_nodes_at_once_gives_tokens_once_and_then_they_are_dead(
    nodes: Nodes, instance: Instance
) -> None:
    codes = codes_of(nodes, instance, ITEMS)
    answers = race(nodes, [redemption(instance, code, pkce) for code, pkce in codes])
    assert Counter(map(statuses, answers)) == {(200, 400, 400): ITEMS}
    tokens = [one.json()["access_token"] for group in answers for one in group if one.status_code == 200]
    headers = basic(instance.client_id, instance.client_secret)
    told = race(nodes, [posting(INTROSPECT, {"token": token}, headers) for token in tokens])
    assert {json.dumps(one.json()) for group in told for one in group} == {'{"active": false}'}


def test_e2_a_refresh_token_that_is_used_at_three_nodes_at_once_has_one_successor(
    nodes: Nodes, instance: Instance
) -> None:
    codes = codes_of(nodes, instance, GRANTS)
    redeemed = race(nodes, [redemption(instance, code, pkce) for code, pkce in codes], rivals=1)
    present = [answer.json()["refresh_token"] for (answer,) in redeemed]
    for _ in range(ITEMS // GRANTS):
        answers = race(nodes, [refreshing(instance, token) for token in present])
        assert Counter(map(statuses, answers)) == {(200, 200, 200): GRANTS}
        successors = [{one.json()["refresh_token"] for one in group} for group in answers]
        assert {len(group) for group in successors} == {1}
        present = [token for group in successors for token in group]


def test_a_kill_at_one_node_refuses_at_the_others_at_the_very_next_request(nodes: Nodes) -> None:
    lost = RemoteApp(nodes.urls[0]).new_instance()
    ((code, pkce),) = codes_of(nodes, lost, 1)
    (((answer,),)) = race(nodes, [redemption(lost, code, pkce)], rivals=1)
    asks = [
        posting(INTROSPECT, {"token": answer.json()["access_token"]}, basic(lost.client_id, lost.client_secret)),
        lambda client, url: client.get(url + USERINFO, headers=bearer(answer.json()["access_token"])),
        refreshing(lost, answer.json()["refresh_token"]),
    ]
    told, claims, refreshed = race(nodes, asks)
    assert [one.json()["active"] for one in told] == [True, True, True]
    assert statuses(claims) == statuses(refreshed) == (200, 200, 200)
    asks[2] = refreshing(lost, refreshed[0].json()["refresh_token"])
    keyfob(nodes, "instance", "revoke", lost.client_id, "--reason", "stolen")
    told, claims, refreshed = race(nodes, asks)
    assert [one.json() for one in told] == [{"active": False}] * 3
    assert (statuses(claims), statuses(refreshed)) == ((401, 401, 401), (400, 400, 400))
    assert {one.json()["client_status"] for one in refreshed} == {"revoked"}


def test_a_signing_key_is_served_by_every_node_before_it_signs(nodes: Nodes) -> None:
    made = json.loads(keyfob(nodes, "keys", "rotate", "--now", "--alg", "ES256", "--json"))
    waits = int(cluster().psql(nodes.database, f"select {made['signs_from']} - keyfob_now()"))
    assert waits > 5, "two looks at the keys are five seconds apart"

    def published(url: str) -> bool:
        return made["kid"] in {key["kid"] for key in httpx.get(url + JWKS).json()["keys"]}

    missing = set(nodes.urls)
    while int(cluster().psql(nodes.database, f"select {made['signs_from']} - keyfob_now()")) > 0:
        missing = {url for url in missing if not published(url)}
    assert missing == set()


def test_a_sealing_key_opens_at_every_node_before_it_seals(nodes: Nodes) -> None:
    headers = basic("dcr-issuer", nodes.issuer_secret)

    def sealed(seconds: int) -> list[str]:
        """By each node, and opened by all."""
        form = {"grant_type": "client_credentials", "scope": "dcr"}
        tokens = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            minted = race(nodes, [posting(TOKEN, form, headers)])
            tokens += [one.json()["access_token"] for one in minted[0]]
            told = race(nodes, [posting(INTROSPECT, {"token": token}, headers) for token in tokens[-len(nodes.urls) :]])
            assert {one.json()["active"] for group in told for one in group} == {True}
        return tokens

    rotate = ("master-key", "rotate", "--root", "sealing")
    keyfob(nodes, *rotate)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        keyfob(nodes, *rotate, "--promote")
    assert "not every server opens with the sealing key" in refused.value.stderr
    first = {token[:6] for token in sealed(15)}
    keyfob(nodes, *rotate, "--promote")
    # by the end all of them seal with it, and its id stands at the front: two looks at the keys are five seconds apart
    assert {token[:6] for token in sealed(8)[-len(nodes.urls) :]}.isdisjoint(first)


def test_migrations_at_once_leave_serving_nodes_alone(nodes: Nodes, instance: Instance, tmp_path: Path) -> None:
    before = cluster().psql(nodes.database, "select version_num from alembic_version")
    command = [str(PROGRAM), "--config", str(nodes.configuration), "migrate"]
    migrating = [subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tmp_path) for _ in range(3)]
    headers = basic(instance.client_id, instance.client_secret)
    while any(one.poll() is None for one in migrating):
        assert statuses(race(nodes, [posting(INTROSPECT, {"token": "junk"}, headers)])[0]) == (200, 200, 200)
    assert [one.wait() for one in migrating] == [0, 0, 0]
    assert cluster().psql(nodes.database, "select version_num from alembic_version") == before
