import html
import json
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx

from keyfob_bench.contestant import Missing, Operation
from keyfob_bench.journeys import from_registration
from keyfob_bench.load import drive
from keyfob_bench.peers.installing import installed, need, run
from keyfob_bench.peers.seating import REGISTERED, SERVICE, register, signed_in
from keyfob_bench.postgres import USER, Postgres
from keyfob_bench.processes import family, resident_mib
from keyfob_bench.provider import Provider, Seat
from keyfob_bench.started import Server, ended_unless_started, free_port, metadata, start_on

_VERSION: Final = "26.7.3"
_ARTIFACT: Final = f"org.keycloak:keycloak-quarkus-dist:{_VERSION}:tar.gz"
# what is settled when it is built: one node, so no cluster's caches
_BUILT: Final = ("--db=postgres", "--cache=local", "--health-enabled=false", "--metrics-enabled=false")
# else a client is told nothing of a token of its own that does not name it as an audience
_OWN_TOKENS: Final = "--spi-login-protocol--openid-connect--allow-token-introspection-without-audience-check=true"
_REALM: Final = Path(__file__).parents[2] / "peers" / "keycloak" / "realm.json"
_DATABASE: Final = "keycloak"
_DISCOVERY: Final = "/realms/bench/.well-known/openid-configuration"
_SCOPE: Final = "openid profile"
# it knows no client scope `openid`; a client that names none gets the realm's
_REGISTERED: Final = {name: value for name, value in REGISTERED.items() if name != "scope"}
_HEAP: Final = "1g"
_POOL: Final = "20"
_START_S: Final = 180
"""The first start fills the database, on one processor."""
_WARM_S: Final = 2.0
_FORM: Final = re.compile(r'<form[^>]* action="([^"]+)"')


class Keycloak:
    """The distribution from Maven Central, in production mode, its data in PostgreSQL."""

    name = "Keycloak, PostgreSQL"

    def __init__(self, folder: Path, connections: int, postgres: Postgres) -> None:
        self._folder = folder / "keycloak"
        self._connections = connections
        self._postgres = postgres

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - its own folder is known
        return installed(self._folder, " ".join((_ARTIFACT, *_BUILT)), _fill)

    def start(self, folder: Path, core: int) -> Server:
        port, password = free_port(), secrets.token_urlsafe(24)
        base = f"http://127.0.0.1:{port}"
        self._postgres.create(_DATABASE)
        command: list[str | Path] = [self._folder / "bin" / "kc.sh", "start", "--optimized", _OWN_TOKENS]
        process = start_on(core, command, folder, self._variables(base, port, password))
        with ended_unless_started(process):
            metadata(process, f"{base}/realms/master/.well-known/openid-configuration", _START_S)
            initial_token = _make_realm(base, password)
            endpoints = metadata(process, base + _DISCOVERY)
            at_rest = resident_mib(family(process.pid))
            empty = Provider(_DISCOVERY, endpoints, {}, {}, initial_token, _REGISTERED)
            provider = replace(
                empty,
                seats={alg: [_seat(base, empty, alg) for _ in range(self._connections)] for alg in ("ES256", "RS256")},
                service=register(base, empty, SERVICE).authorization,
                keys=True,
                own={Operation.JOURNEY: from_registration},
            )
            server = Server(
                ("127.0.0.1", port),
                process,
                provider,
                self._settings(),
                lambda: self._postgres.pids,
                at_rest,
            )
            _warm_up(server, self._connections)
            return server

    def _variables(self, base: str, port: int, password: str) -> Mapping[str, str]:
        return {
            "KC_DB_URL": f"jdbc:postgresql://127.0.0.1:{self._postgres.port}/{_DATABASE}",
            "KC_DB_USERNAME": USER,
            "KC_DB_PASSWORD": self._postgres.password,
            "KC_DB_POOL_INITIAL_SIZE": _POOL,
            "KC_DB_POOL_MIN_SIZE": _POOL,
            "KC_DB_POOL_MAX_SIZE": _POOL,
            "KC_HTTP_ENABLED": "true",
            "KC_HTTP_HOST": "127.0.0.1",
            "KC_HTTP_PORT": str(port),
            "KC_HOSTNAME": base,
            "KC_LOG_LEVEL": "error",
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": password,
            "JAVA_OPTS_KC_HEAP": f"-Xms{_HEAP} -Xmx{_HEAP}",
        }

    def _settings(self) -> tuple[str, ...]:
        return (
            f"Keycloak {_VERSION}, built for PostgreSQL and one node, started in production mode.",
            f"A heap of {_HEAP}, {_POOL} connections to its database, errors alone logged.",
            *self._postgres.settings,
            "Sessions are stored, as is its default; refresh tokens are good for once.",
            "Its tokens are signed, access tokens with ES256, for it has no opaque ones.",
            "A client may introspect its own tokens, though they do not name it as an audience.",
            "One initial access token for all registrations; the journey begins with it.",
            f"The JVM compiles while it runs: each operation was said for {_WARM_S:g} seconds before the first round.",
        )


def _fill(folder: Path) -> None:
    need("java", "default-jre-headless")
    need("mvn", "maven")
    repository = folder / "repository"
    options = ["--batch-mode", "--quiet", f"-Dmaven.repo.local={repository}", "-Dtransitive=false"]
    run(folder, ["mvn", *options, "dependency:get", f"-Dartifact={_ARTIFACT}"])
    (archive,) = repository.rglob("keycloak-quarkus-dist-*.tar.gz")
    run(folder, ["tar", "--extract", "--gzip", "--strip-components=1", "--file", archive])
    shutil.rmtree(repository)
    run(folder, [folder / "bin" / "kc.sh", "build", *_BUILT])


def _warm_up(server: Server, connections: int) -> None:
    for operation in Operation:
        scripts = [script for one in range(connections) if (script := server.script(operation, one)) is not None]
        if scripts:
            drive(server.address, scripts, _WARM_S, warm_up_s=0)


def _make_realm(base: str, password: str) -> str:
    """By its administrators' API; the initial access token for its registrations."""
    with httpx.Client(base_url=base, timeout=60) as operator:
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": password}
        answer = operator.post("/realms/master/protocol/openid-connect/token", data=form).raise_for_status()
        operator.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        operator.post("/admin/realms", json=json.loads(_REALM.read_text())).raise_for_status()
        asked = {"count": 1_000_000_000, "expiration": 86400}
        made = operator.post("/admin/realms/bench/clients-initial-access", json=asked).raise_for_status()
        return str(made.json()["token"])


def _seat(base: str, provider: Provider, alg: str) -> Seat:
    seat = register(base, provider, {**_REGISTERED, "id_token_signed_response_alg": alg}, _SCOPE)

    def sign_in(browser: httpx.Client, page: httpx.Response) -> httpx.Response:
        action = form_action(page.text)
        return browser.post(action, data={"username": "demouser", "password": "a password of the bench"})

    return signed_in(base, provider, seat, sign_in)


def form_action(page: str) -> str:
    """Where the page's first form is sent; raises ValueError when it has none."""
    found = _FORM.search(page)
    if found is None:
        raise ValueError(f"no form: {page[:300]}")
    return html.unescape(found.group(1))
