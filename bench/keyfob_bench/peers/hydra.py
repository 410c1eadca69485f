import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx

from keyfob_bench.contestant import Missing, Operation
from keyfob_bench.exchange import Script
from keyfob_bench.messages import request
from keyfob_bench.peers.installing import installed, run
from keyfob_bench.peers.programs import GO
from keyfob_bench.peers.seating import REGISTERED, SCOPE, SERVICE, allow_cookies, register
from keyfob_bench.postgres import Postgres
from keyfob_bench.processes import resident_mib
from keyfob_bench.provider import VERIFIER, Provider, Seat, authorize_path, refreshing, repeat
from keyfob_bench.started import Server, ended_unless_started, free_port, metadata, start_on, wait_for

_OURS: Final = Path(__file__).parents[2] / "peers" / "hydra"
_MODULE: Final = "github.com/ory/hydra/v2"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_DATABASE: Final = "hydra"
_POOL: Final = 20
# made before its first request: else it makes keys of RSA, in each of the requests that come meanwhile
_KEY_SETS: Final = ("hydra.openid.id-token", "hydra.jwt.access-token")
_KEY: Final = {"alg": "ES256", "use": "sig", "kid": "of-the-bench"}
_ACCEPTED: Final[Mapping[str, Mapping[str, object]]] = {
    "login": {"subject": "demouser", "remember": True, "remember_for": 0},
    "consent": {
        "grant_scope": SCOPE.split(),
        "remember": True,
        "remember_for": 0,
        "session": {"id_token": {"name": "Demo User"}},
    },
}
"""What the operator's program answers to a challenge."""
_MOST_REDIRECTS: Final = 8


class Hydra:
    """The Go module of that name, its data in PostgreSQL. Who signs in, and to what, its operator's program says."""

    name = "Ory Hydra, PostgreSQL"

    def __init__(self, folder: Path, connections: int, postgres: Postgres) -> None:
        self._peers = folder
        self._folder = folder / "hydra"
        self._connections = connections
        self._postgres = postgres

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - its own folder is known
        return installed(self._folder, f"{(_OURS / 'go.mod').read_text()}\n// built by Go {GO.version}", self._fill)

    def _fill(self, folder: Path) -> None:
        go = GO.had(self._peers)
        shutil.copy(_OURS / "go.mod", folder)
        own = {"GOPATH": str(folder / "modules"), "GOCACHE": str(folder / "cache"), "GOFLAGS": "-modcacherw"}
        # without a C compiler, and by this Go alone
        own |= {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
        run(folder, [go, "build", "-mod=mod", "-o", folder / "hydra", _MODULE], own)
        for name in ("modules", "cache"):
            shutil.rmtree(folder / name)

    def start(self, folder: Path, core: int) -> Server:
        public, admin = free_port(), free_port()
        base = f"http://127.0.0.1:{public}"
        self._postgres.create(_DATABASE)
        program, variables = self._folder / "hydra", self._variables(public, admin)
        run(folder, [program, "migrate", "sql", "-e", "--yes"], variables)
        process = start_on(core, [program, "serve", "all", "--config", _OURS / "hydra.yml"], folder, variables)
        with ended_unless_started(process):
            operator = f"http://127.0.0.1:{admin}"
            wait_for(process, f"{operator}/health/ready")
            for keys in _KEY_SETS:
                httpx.post(f"{operator}/admin/keys/{keys}", json=_KEY).raise_for_status()
            endpoints = metadata(process, base + _DISCOVERY)
            at_rest = resident_mib([process.pid])
            empty = Provider(_DISCOVERY, endpoints, {}, {}, "", REGISTERED)
            people = _People(base, operator, empty)
            installs = [people.install() for _ in range(self._connections)]
            provider = replace(
                empty,
                keys=True,
                service=register(base, empty, SERVICE).authorization,
                own={
                    Operation.REFRESH: partial(_refresh, people, installs),
                    Operation.INTROSPECTION: partial(_introspection, installs),
                    Operation.USERINFO: partial(_userinfo, installs),
                },
            )
            elsewhere = {Operation.INTROSPECTION: ("127.0.0.1", admin)}
            return Server(
                ("127.0.0.1", public),
                process,
                provider,
                self._settings(),
                lambda: self._postgres.pids,
                at_rest,
                elsewhere,
            )

    def _variables(self, public: int, admin: int) -> Mapping[str, str]:
        database = self._postgres.url_by_tcp(_DATABASE).replace("postgresql://", "postgres://")
        return {
            "DSN": f"{database}?sslmode=disable&max_conns={_POOL}&max_idle_conns={_POOL}",
            "SECRETS_SYSTEM": secrets.token_hex(32),
            # it takes no other in production; whoever ends TLS before it is not measured
            "URLS_SELF_ISSUER": f"https://127.0.0.1:{public}/",
            "WEBFINGER_OIDC_DISCOVERY_CLIENT_REGISTRATION_URL": f"https://127.0.0.1:{public}/oauth2/register",
            "URLS_LOGIN": "https://127.0.0.1/login",
            "URLS_CONSENT": "https://127.0.0.1/consent",
            "SERVE_PUBLIC_PORT": str(public),
            "SERVE_ADMIN_PORT": str(admin),
        }

    def _settings(self) -> tuple[str, ...]:
        (version,) = re.findall(rf"^require {_MODULE} v(\S+)$", (_OURS / "go.mod").read_text(), re.MULTILINE)
        return (
            f"Ory Hydra {version}, built here by Go {GO.version}: one process in production mode, no telemetry.",
            f"{_POOL} connections to its database, errors alone logged.",
            *self._postgres.settings,
            "Opaque access tokens, refresh tokens that rotate, ID tokens of ES256.",
            "Secrets of clients, which are random, are hashed once and not 25,000 times.",
            "Anybody may register: it knows no initial token. Introspection is at its administrators' address.",
            "A program of its operator's at another address settles who signs in.",
            "So neither the code flow nor the journey is measured; the tokens come from code flows before.",
        )


@dataclass(frozen=True, slots=True)
class _Install:
    seat: Seat
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _People:
    """Signs in and consents, as the operator's program would."""

    base: str
    admin: str
    provider: Provider

    def install(self) -> _Install:
        seat = register(self.base, self.provider, REGISTERED)
        return _Install(seat, self.tokens(seat)["access_token"])

    def tokens(self, seat: Seat) -> Mapping[str, str]:
        """By a whole code flow; raises RuntimeError with what came instead of a code."""
        with httpx.Client(base_url=self.base) as browser:
            answer = browser.get(authorize_path(self.provider, seat))
            for _ in range(_MOST_REDIRECTS):
                allow_cookies(browser)
                address = answer.headers.get("location", "")
                brought = {name: one for name, (one, *_) in parse_qs(urlsplit(address).query).items()}
                if "code" in brought:
                    return self._redeemed(browser, seat, brought["code"])
                for kind in _ACCEPTED:
                    if challenge := brought.get(f"{kind}_challenge"):
                        address = self._accepted(kind, challenge)
                answer = browser.get(httpx.URL(address).raw_path.decode())
        raise RuntimeError(f"no code: {answer.status_code} {answer.text[:300]}")

    def _accepted(self, kind: str, challenge: str) -> str:
        address = f"{self.admin}/admin/oauth2/auth/requests/{kind}/accept"
        answer = httpx.put(address, params={f"{kind}_challenge": challenge}, json=_ACCEPTED[kind])
        return str(answer.raise_for_status().json()["redirect_to"])

    def _redeemed(self, browser: httpx.Client, seat: Seat, code: str) -> Mapping[str, str]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": seat.redirect_uri}
        path = self.provider.endpoints["token_endpoint"]
        answer = browser.post(path, data={**form, "code_verifier": VERIFIER}, headers=seat.authorization)
        made: dict[str, str] = answer.raise_for_status().json()
        return made


def _refresh(people: _People, installs: Sequence[_Install], provider: Provider, connection: int) -> Script:
    """The code flow is over when the script begins."""
    seat = installs[connection].seat
    return refreshing(provider, seat, people.tokens(seat)["refresh_token"])


def _introspection(installs: Sequence[_Install], _: Provider, connection: int) -> Script:
    form = {"token": installs[connection].access_token}
    return repeat(request("POST", "/admin/oauth2/introspect", form=form), 200, b'"active":true')


def _userinfo(installs: Sequence[_Install], provider: Provider, connection: int) -> Script:
    headers = {"Authorization": f"Bearer {installs[connection].access_token}"}
    return repeat(request("GET", provider.endpoints["userinfo_endpoint"], headers=headers), 200, b'"sub"')
