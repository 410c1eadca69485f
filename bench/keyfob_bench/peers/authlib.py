import secrets
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx

from keyfob_bench.contestant import Missing, Operation
from keyfob_bench.journeys import from_registration
from keyfob_bench.peers.installing import installed_python, versions_of
from keyfob_bench.peers.seating import REGISTERED, SERVICE, register, signed_in
from keyfob_bench.processes import family, resident_mib
from keyfob_bench.provider import Provider, Seat, authorize_path
from keyfob_bench.started import Server, ended_unless_started, free_port, metadata, start_on

_OURS: Final = Path(__file__).parents[2] / "peers" / "authlib"
_REQUIREMENTS: Final = _OURS / "requirements.txt"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_THREADS: Final = 4


class Authlib:
    """The PyPI package of that name, on Flask, served by gunicorn."""

    name = "Authlib on Flask, in memory"

    def __init__(self, folder: Path, connections: int) -> None:
        self._folder = folder / "authlib"
        self._connections = connections

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - its own folder is known
        return installed_python(self._folder, _REQUIREMENTS)

    def start(self, folder: Path, core: int) -> Server:
        port, initial_token = free_port(), secrets.token_urlsafe(32)
        base = f"http://127.0.0.1:{port}"
        command: list[str | Path] = [
            *(self._folder / "bin" / "gunicorn", "--chdir", _OURS, "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--worker-class", "gthread", "--threads", str(_THREADS), "--keep-alive", "75"),
            *("--log-level", "warning", "server:app"),
        ]
        variables = {"BENCH_ISSUER": base, "BENCH_INITIAL_TOKEN": initial_token, "PYTHONDONTWRITEBYTECODE": "1"}
        process = start_on(core, command, folder, variables)
        with ended_unless_started(process):
            endpoints = metadata(process, base + _DISCOVERY)
            at_rest = resident_mib(family(process.pid))
            empty = Provider(_DISCOVERY, endpoints, {}, {}, initial_token, REGISTERED)
            provider = replace(
                empty,
                seats={alg: [_seat(base, empty, alg) for _ in range(self._connections)] for alg in ("ES256", "RS256")},
                service=register(base, empty, SERVICE).authorization,
                own={Operation.JOURNEY: from_registration},
            )
            return Server(("127.0.0.1", port), process, provider, _settings(), at_rest_mib=at_rest)


def _settings() -> tuple[str, ...]:
    versions = versions_of(_REQUIREMENTS)
    return (
        f"Authlib {versions['Authlib']} on Flask {versions['Flask']}, served by gunicorn {versions['gunicorn']}.",
        f"One worker of {_THREADS} threads, no log.",
        "Its store is maps in memory, without an ORM: nothing is durable.",
        "Opaque access tokens, refresh tokens that rotate, one initial access token for all registrations.",
        "Its journey begins with that token. An install's own key is not measured.",
    )


def _seat(base: str, provider: Provider, alg: str) -> Seat:
    seat = register(base, provider, {**REGISTERED, "id_token_signed_response_alg": alg})

    def sign_in(browser: httpx.Client, _: httpx.Response) -> httpx.Response:
        browser.post("/login", data={"username": "demouser"}).raise_for_status()
        return browser.get(authorize_path(provider, seat))

    return signed_in(base, provider, seat, sign_in)
