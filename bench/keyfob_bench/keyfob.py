"""Keyfob itself, on either engine."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import httpx

from keyfob_bench import keyfob_pages as pages
from keyfob_bench.contestant import Missing, Operation
from keyfob_bench.keyfob_keys import OwnKeys, open_keys, registration
from keyfob_bench.keyfob_sessions import renewed, signed_in
from keyfob_bench.messages import basic
from keyfob_bench.postgres import Postgres
from keyfob_bench.processes import resident_mib
from keyfob_bench.provider import Provider, Seat
from keyfob_bench.started import Server, end, ended_unless_started, free_port, metadata, start_on
from keyfob_server.demo.data import TEMPLATE
from keyfob_server.settings import load_settings

ON_SQLITE: Final = "Keyfob, SQLite"
ON_POSTGRES: Final = "Keyfob, PostgreSQL"
_PROGRAM: Final = Path(sys.executable).with_name("keyfob")
_DISCOVERY: Final = "/oauth/v2/oauth-anonymous/.well-known/openid-configuration"
_VARIABLES: Final = {
    "KEYFOB_REGISTRATION_MAX_PER_SECOND": "100000",
    # what is under way counts as failed until it is judged, and the bench signs in as one person on every connection
    "KEYFOB_LIMITS_SIGN_IN_FREE_FAILURES": "100",
}
_SCOPE: Final = "openid profile"
_REGISTERED: Final = {
    "redirect_uris": [pages.REDIRECT_URI],
    "grant_types": ["authorization_code"],
    "scope": _SCOPE,
    "client_name": "Harbour Bank",
}
_OF_TEMPLATE: Final = {"software_id": TEMPLATE}
_SERVICE: Final = """
[scopes]
bench = "Measure"

[[client]]
id = "bench-service"
client_name = "A service"
grant_types = ["client_credentials"]
scope = "bench"
"""


class Keyfob:
    """With `postgres`, its data lies in the database `keyfob` there, else in SQLite."""

    def __init__(self, connections: int, postgres: Postgres | None = None) -> None:
        self._connections = connections
        self._postgres = postgres

    @property
    def name(self) -> str:
        return ON_POSTGRES if self._postgres else ON_SQLITE

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - it is here
        return None

    def start(self, folder: Path, core: int) -> Server:
        if self._postgres is None:
            return start_keyfob(folder, core, self._connections).server
        self._postgres.create("keyfob")
        return start_keyfob(folder, core, self._connections, Place(self._postgres, "keyfob")).server


@dataclass(frozen=True, slots=True)
class Node:
    server: Server
    configuration: Path
    keys: OwnKeys


@dataclass(frozen=True, slots=True)
class Place:
    """A database that there is, and empty."""

    postgres: Postgres
    database: str


def start_keyfob(
    folder: Path,
    core: int,
    connections: int,
    place: Place | None = None,
    variables: Mapping[str, str] | None = None,
) -> Node:
    """Real commands make the client and the tokens; a person signs in by the form, once for each connection."""
    port = free_port()
    ports = ("--port", str(port), "--admin-port", str(free_port()))
    stored = ("--database-url", place.postgres.url(place.database)) if place else ()
    configuration = folder / "data" / "keyfob.toml"
    url = f"http://127.0.0.1:{port}{_DISCOVERY}"
    # the demo's folder has the accounts; what is measured is the server without the demo around it
    making = start_on(core, [_PROGRAM, "serve", "--demo", "--data-dir", folder / "data", *ports, *stored], folder)
    with ended_unless_started(making):
        metadata(making, url)
    end(making)
    set_apart = {**_VARIABLES, **(variables or {})}
    process = start_on(core, [_PROGRAM, "--config", configuration, "serve"], folder, set_apart)
    with ended_unless_started(process):
        endpoints = metadata(process, url)
        at_rest = resident_mib([process.pid])
        keys = open_keys(configuration)
        base = f"http://127.0.0.1:{port}"
        provider = _provider(configuration, keys, endpoints, base, connections)
        engine = " ".join(place.postgres.settings) if place else "SQLite."
        settings = (
            f"`keyfob serve`: one process, one or two lines of log for a request. {engine}",
            "Every write is on the disk before its answer.",
            "Each registration by an initial token of its own, good for once; the instances belong to nobody yet.",
            "Its journey begins within minutes of the password, when a click confirms the device.",
            "The limit of registrations a second is lifted, that of sign-ins at once for one name is 100.",
        )
        pids = (lambda: place.postgres.pids) if place else tuple
        recent_s = load_settings(configuration, set_apart).policy.recent_password_s
        server = Server(
            ("127.0.0.1", port),
            process,
            provider,
            settings,
            pids,
            at_rest,
            renew=partial(renewed, base, recent_s),
        )
        return Node(server, configuration, keys)


def _provider(configuration: Path, keys: OwnKeys, endpoints: dict[str, str], base: str, connections: int) -> Provider:
    owned = _command(configuration, "initial-token", "issue", "--uses", "unlimited", "--user", pages.USER_NAME)["token"]
    document = configuration.with_name("service.toml")
    document.write_text(_SERVICE)
    _command(configuration, "apply", str(document), "--yes")
    service = _command(configuration, "client", "rotate-secret", "bench-service")
    empty = Provider(_DISCOVERY, endpoints, {}, {}, "", _REGISTERED)
    seats = {alg: [_seat(empty, base, str(owned), alg) for _ in range(connections)] for alg in ("ES256", "RS256")}
    methods = httpx.get(base + _DISCOVERY).json().get("token_endpoint_auth_methods_supported", ())
    return Provider(
        _DISCOVERY,
        endpoints,
        seats,
        basic("bench-service", str(service["client_secret"])),
        str(_command(configuration, "initial-token", "issue", "--uses", "unlimited")["token"]),
        _REGISTERED,
        of_template=_OF_TEMPLATE,
        keys="private_key_jwt" in methods,
        own={
            Operation.SIGN_IN: pages.sign_in,
            Operation.JOURNEY: pages.journey,
            Operation.REGISTER_SECRET: partial(registration, keys, _REGISTERED, None),
            Operation.REGISTER_TEMPLATED: partial(registration, keys, _OF_TEMPLATE, TEMPLATE),
        },
    )


def _command(configuration: Path, *arguments: str) -> dict[str, object]:
    done = subprocess.run(  # noqa: S603 - the bench sets up what it measures
        [_PROGRAM, "--config", configuration, *arguments, "--json"],
        cwd=configuration.parent,
        capture_output=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _seat(provider: Provider, base: str, initial_token: str, alg: str) -> Seat:
    asked = {**provider.registered, "id_token_signed_response_alg": alg}
    path = provider.endpoints["registration_endpoint"]
    answer = httpx.post(base + path, json=asked, headers={"Authorization": f"Bearer {initial_token}"})
    instance = answer.raise_for_status().json()
    credentials = basic(instance["client_id"], instance["client_secret"])
    return signed_in(base, provider, Seat(instance["client_id"], credentials, pages.REDIRECT_URI, _SCOPE, cookie=""))
