import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keyfob_bench.contestant import Missing
from keyfob_bench.messages import basic
from keyfob_bench.peers.installing import installed_python, last_words, versions_of
from keyfob_bench.peers.seating import REDIRECT_URI, REGISTERED
from keyfob_bench.postgres import USER, Postgres
from keyfob_bench.processes import family, resident_mib
from keyfob_bench.provider import Provider, Seat
from keyfob_bench.started import Server, ended_unless_started, free_port, metadata, start_on

_OURS: Final = Path(__file__).parents[2] / "peers" / "django-oauth-toolkit"
_REQUIREMENTS: Final = _OURS / "requirements.txt"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_DATABASE: Final = "django"
_SCOPE: Final = "openid profile"
_THREADS: Final = 8


class DjangoOAuthToolkit:
    """The PyPI package of that name, on Django, served by gunicorn, its data in PostgreSQL."""

    name = "django-oauth-toolkit, PostgreSQL"

    def __init__(self, folder: Path, connections: int, postgres: Postgres) -> None:
        self._folder = folder / "django-oauth-toolkit"
        self._connections = connections
        self._postgres = postgres

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - its own folder is known
        return installed_python(self._folder, _REQUIREMENTS)

    def start(self, folder: Path, core: int) -> Server:
        port, initial_token = free_port(), secrets.token_urlsafe(32)
        base = f"http://127.0.0.1:{port}"
        self._postgres.create(_DATABASE)
        variables = self._variables(folder, base, initial_token)
        made = _set_up(self._folder / "bin" / "python", self._connections, variables)
        command: list[str | Path] = [
            *(self._folder / "bin" / "gunicorn", "--chdir", _OURS, "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--worker-class", "gthread", "--threads", str(_THREADS), "--keep-alive", "75"),
            *("--log-level", "warning", "django.core.wsgi:get_wsgi_application()"),
        ]
        process = start_on(core, command, folder, variables)
        with ended_unless_started(process):
            endpoints = metadata(process, base + _DISCOVERY)
            # it has them, and does not say so
            endpoints |= {"introspection_endpoint": "/introspect/", "registration_endpoint": "/register/"}
            at_rest = resident_mib(family(process.pid))
            seats = [
                Seat(one["client_id"], _authorization(one), REDIRECT_URI, _SCOPE, one["cookie"])
                for one in made["seats"]
            ]
            service = _authorization(made["service"])
            provider = Provider(_DISCOVERY, endpoints, {"RS256": seats}, service, initial_token, REGISTERED)
            return Server(
                ("127.0.0.1", port),
                process,
                provider,
                self._settings(),
                lambda: self._postgres.pids,
                at_rest,
            )

    def _variables(self, folder: Path, base: str, initial_token: str) -> Mapping[str, str]:
        key = folder / "rsa.pem"
        made = generate_private_key(65537, 2048)
        key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return {
            "DJANGO_SETTINGS_MODULE": "site_settings",
            "PYTHONDONTWRITEBYTECODE": "1",
            "BENCH_SECRET_KEY": secrets.token_urlsafe(48),
            "BENCH_ISSUER": base,
            "BENCH_INITIAL_TOKEN": initial_token,
            "BENCH_RSA_KEY": str(key),
            "BENCH_DATABASE": _DATABASE,
            "BENCH_DATABASE_HOST": str(self._postgres.folder),
            "BENCH_DATABASE_PORT": str(self._postgres.port),
            "BENCH_DATABASE_USER": USER,
        }

    def _settings(self) -> tuple[str, ...]:
        versions = versions_of(_REQUIREMENTS)
        return (
            f"django-oauth-toolkit {versions['django-oauth-toolkit']} on Django {versions['Django']}.",
            f"Served by gunicorn {versions['gunicorn']}: one worker of {_THREADS} threads, no log.",
            "Each thread has a lasting connection to the database.",
            *self._postgres.settings,
            "Opaque access tokens and refresh tokens that rotate, all stored as hashes; a second use ends the chain.",
            "Secrets of clients, which are random, are hashed once and not a million times.",
            "Sessions are in the database; consent is not asked for, for the clients are the operator's.",
            "One initial access token for all registrations.",
            "It has no ES256; neither the journey nor an install's own key is measured.",
        )


def _set_up(python: Path, connections: int, variables: Mapping[str, str]) -> dict[str, Any]:
    environment = {**os.environ, **variables}
    command: list[str | Path] = [python, "set_up.py", str(connections)]
    done = subprocess.run(command, cwd=_OURS, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise RuntimeError(last_words(done.stderr))
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _authorization(client: Mapping[str, str]) -> dict[str, str]:
    return basic(client["client_id"], client["client_secret"])
