"""Keys that change under a running server, and installations on other keys than their database was made with."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from keyfob_server.composition.administration import Administration
from keyfob_server.composition.server import (
    OpenInstallation,
    Serving,
    admin_listener_app,
    open_installation,
    public_app,
)
from keyfob_server.composition.signing_key_acts import KeyPublished, publish_key
from keyfob_server.crypto.argon2 import ArgonPasswords
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.pepper import PepperedPasswords
from keyfob_server.rules.acts import Act
from keyfob_server.settings import Settings
from support_app import BASE, CHEAP, Clock, Keyfob

ACT = Act("a test")


def tools_of(installation: OpenInstallation) -> Administration:
    return Administration(installation.store, installation.services.passwords)


def publish(keyfob: Keyfob, *, ahead_s: int, alg: str = "RS256") -> KeyPublished:
    """As `keyfob keys rotate` does it beside the server, which hears of it at its next look."""
    installation = keyfob.installation
    made = publish_key(tools_of(installation), installation.settings, alg=alg, publish_ahead_s=ahead_s, act=ACT)
    return keyfob.run(made)


def look_again(keyfob: Keyfob) -> None:
    keyfob.run(keyfob.installation.key_watch.refresh())


def readiness(keyfob: Keyfob) -> tuple[int, str]:
    app = admin_listener_app(keyfob.installation, Serving())

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as http:
            return await http.get("/health/ready")

    answer = keyfob.run(ask())
    return answer.status_code, answer.text.strip()


def published_keys(keyfob: Keyfob) -> dict[str, dict[str, str]]:
    """By `kid`, as anybody fetches them."""
    path = f"{keyfob.issuer.removeprefix(BASE)}/jwks"
    return {key["kid"]: key for key in keyfob.request("GET", path).json()["keys"]}


def verifies(keys: dict[str, dict[str, str]], token: str) -> bool:
    """As an app does it: with these keys, by the `kid`, and with nothing else."""
    try:
        found = keys.get(jws.extract_compact(token.encode()).headers()["kid"])
        if found is None:
            return False
        members: dict[str, str | list[str]] = {**found}
        key = RSAKey.import_key(members) if found["kty"] == "RSA" else ECKey.import_key(members)
        return bool(json.loads(jws.deserialize_compact(token, key, algorithms=[found["alg"]]).payload))
    except JoseError:
        return False


def kid_of(token: str) -> str:
    return str(jws.extract_compact(token.encode()).headers()["kid"])


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Keyfob]:
    """A server on these settings, with nothing put into its database; passwords as cheap as they can be hashed."""
    with asyncio.Runner() as runner:
        found = runner.run(open_installation(settings, clock=clock))
        found.passwords.close()
        cheap = ArgonPasswords(CHEAP, SystemEntropy())
        peppered = PepperedPasswords(cheap, lambda: found.key_watch.keys.root.peppers)
        installation = replace(found, passwords=cheap, services=replace(found.services, passwords=peppered))
        try:
            yield Keyfob(installation, public_app(installation.services), clock, runner)
        finally:
            runner.run(installation.close())
