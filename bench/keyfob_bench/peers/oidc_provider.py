import os
import secrets
import shutil
from pathlib import Path
from typing import Final

import httpx

from keyfob_bench.contestant import Missing, Operation
from keyfob_bench.journeys import from_registration
from keyfob_bench.messages import basic
from keyfob_bench.peers.installing import installed, run
from keyfob_bench.peers.programs import NODE, NPM
from keyfob_bench.processes import resident_mib
from keyfob_bench.provider import Provider, Seat, authorize_path
from keyfob_bench.started import Server, ended_unless_started, free_port, metadata, start_on

_VERSION: Final = "9.13.3"
_PACKAGE: Final = f"oidc-provider@{_VERSION}"
_REDIRECT: Final = "https://app.example/callback"
_PROGRAM: Final = Path(__file__).parents[2] / "peers" / "oidc-provider" / "server.mjs"
_SCOPE: Final = "openid profile offline_access"
_MOST_REDIRECTS: Final = 6


class OidcProvider:
    """The npm package of that name, which keeps everything in memory."""

    name = "oidc-provider, in memory"

    def __init__(self, folder: Path, connections: int) -> None:
        self._peers = folder
        self._folder = folder / "oidc-provider"
        self._connections = connections

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - its own folder is known
        return installed(self._folder, f"{_PACKAGE} Node.js {NODE.version}", self._fill)

    def _fill(self, folder: Path) -> None:
        node, npm = NODE.had(self._peers), NPM.found(self._peers)
        # what this machine trusts, its package manager trusts too
        variables = {"NODE_USE_SYSTEM_CA": "1", "PATH": f"{node.parent}:{os.environ['PATH']}"}
        run(folder, [node, npm, "install", "--no-audit", "--no-fund", _PACKAGE], variables)

    def start(self, folder: Path, core: int) -> Server:
        shutil.copy(_PROGRAM, self._folder)
        port, initial_token = free_port(), secrets.token_urlsafe(32)
        base = f"http://127.0.0.1:{port}"
        command: list[str | Path] = [NODE.found(self._peers), self._folder / _PROGRAM.name, str(port), initial_token]
        process = start_on(core, command, folder)
        with ended_unless_started(process):
            discovery = "/.well-known/openid-configuration"
            endpoints = metadata(process, base + discovery)
            at_rest = resident_mib([process.pid])
            registered = {
                "redirect_uris": [_REDIRECT],
                "grant_types": ["authorization_code", "refresh_token"],
                "scope": _SCOPE,
                "client_name": "Harbour Bank",
            }
            empty = Provider(discovery, endpoints, {}, {}, "", registered)
            seats = {
                alg: [_seat(base, empty, alg.lower()) for _ in range(self._connections)] for alg in ("ES256", "RS256")
            }
            return Server(
                ("127.0.0.1", port),
                process,
                Provider(
                    discovery,
                    endpoints,
                    seats,
                    _credentials("service"),
                    initial_token,
                    registered,
                    keys=True,
                    own={Operation.JOURNEY: from_registration},
                ),
                (
                    f"The npm package oidc-provider {_VERSION} on Node.js {NODE.version}: one process, no log.",
                    "Its own adapter for memory over a map that forgets nothing: nothing is durable.",
                    "Opaque access tokens, refresh tokens that rotate, one initial access token for all registrations.",
                    "Its journey begins with that token: it has no way for a person to get one.",
                ),
                at_rest_mib=at_rest,
            )


def _credentials(client_id: str) -> dict[str, str]:
    return basic(client_id, f"{client_id}-0123456789abcdef0123456789abcdef")


def _seat(base: str, provider: Provider, client_id: str) -> Seat:
    seat = Seat(client_id, _credentials(client_id), _REDIRECT, _SCOPE, cookie="")
    with httpx.Client(base_url=base) as browser:
        answer = browser.get(authorize_path(provider, seat))
        for _ in range(_MOST_REDIRECTS):
            address = answer.headers.get("location", "")
            if address.startswith(_REDIRECT):
                session = [one for one in browser.cookies.jar if one.name.startswith("_session")]
                cookie = "; ".join(f"{one.name}={one.value}" for one in session)
                return Seat(client_id, seat.authorization, _REDIRECT, _SCOPE, cookie)
            answer = browser.get(address)
    raise RuntimeError(f"the sign-in was answered by {answer.status_code}: {answer.text[:300]}")
