import json
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Final

import httpx

from keyfob_bench.contestant import Missing
from keyfob_bench.messages import basic
from keyfob_bench.provider import Provider, Seat, authorize_path
from keyfob_bench.started import Server, end, ended_unless_started, metadata, start_on

_PROGRAM: Final = Path(sys.executable).with_name("keyfob")
_PORT: Final = 18443
_ADMIN_PORT: Final = 18444
_BASE: Final = f"http://127.0.0.1:{_PORT}"
_DISCOVERY: Final = "/oauth/v2/oauth-anonymous/.well-known/openid-configuration"
_VARIABLES: Final = {"KEYFOB_REGISTRATION_MAX_PER_SECOND": "100000"}
_REDIRECT: Final = "http://127.0.0.1/callback"
_SCOPE: Final = "openid profile"
_SERVICE: Final = """
[scopes]
bench = "Measure"

[[client]]
id = "bench-service"
client_name = "A service"
grant_types = ["client_credentials"]
scope = "bench"
"""


class KeyfobOnSqlite:
    name = "Keyfob, SQLite"

    def __init__(self, connections: int) -> None:
        self._connections = connections

    def install(self, folder: Path) -> Missing | None:  # noqa: ARG002 - it is here
        return None

    def start(self, folder: Path, core: int) -> Server:
        """Real commands make the client and the tokens; a person signs in by the form, once for each connection."""
        ports = ("--port", str(_PORT), "--admin-port", str(_ADMIN_PORT))
        # the demo's folder has the accounts; what is measured is the server without the demo around it
        making = start_on(core, [_PROGRAM, "serve", "--demo", "--data-dir", folder / "data", *ports], folder)
        with ended_unless_started(making):
            metadata(making, _BASE + _DISCOVERY)
        end(making)
        process = start_on(core, [_PROGRAM, "--config", folder / "data" / "keyfob.toml", "serve"], folder, _VARIABLES)
        with ended_unless_started(process):
            endpoints = metadata(process, _BASE + _DISCOVERY)
            owned = _command(folder, "initial-token", "issue", "--uses", "unlimited", "--user", "demouser")["token"]
            document = folder / "service.toml"
            document.write_text(_SERVICE)
            _command(folder, "apply", str(document), "--yes")
            service = _command(folder, "client", "rotate-secret", "bench-service")
            registered = {
                "redirect_uris": [_REDIRECT],
                "grant_types": ["authorization_code"],
                "scope": _SCOPE,
                "client_name": "Harbour Bank",
            }
            empty = Provider(_DISCOVERY, endpoints, {}, {}, "", registered)
            seats = {
                alg: [_seat(empty, str(owned), alg) for _ in range(self._connections)] for alg in ("ES256", "RS256")
            }
            return Server(
                ("127.0.0.1", _PORT),
                process,
                Provider(
                    _DISCOVERY,
                    endpoints,
                    seats,
                    basic("bench-service", str(service["client_secret"])),
                    str(_command(folder, "initial-token", "issue", "--uses", "unlimited")["token"]),
                    registered,
                ),
                (
                    "`keyfob serve` on SQLite: one process, one or two lines of log for a request.",
                    "Every write is on the disk before its answer.",
                    "Registrations by an initial token for any number of instances, which belong to nobody yet.",
                    "The limit of registrations a second is lifted.",
                ),
            )


def _command(folder: Path, *arguments: str) -> dict[str, object]:
    done = subprocess.run(  # noqa: S603 - the bench sets up what it measures
        [_PROGRAM, "--config", folder / "data" / "keyfob.toml", *arguments, "--json"],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _seat(provider: Provider, initial_token: str, alg: str) -> Seat:
    asked = {**provider.registered, "id_token_signed_response_alg": alg}
    path = provider.endpoints["registration_endpoint"]
    with httpx.Client(base_url=_BASE) as browser:
        answer = browser.post(path, json=asked, headers={"Authorization": f"Bearer {initial_token}"})
        instance = answer.raise_for_status().json()
        credentials = basic(instance["client_id"], instance["client_secret"])
        seat = Seat(instance["client_id"], credentials, _REDIRECT, _SCOPE, cookie="")
        page = browser.get(authorize_path(provider, seat)).raise_for_status().text
        person = {"username": "demouser", "password": "Password1"}
        asked_for_consent = _submit(browser, page, person)
        sent = _submit(browser, asked_for_consent.text, {"allow": "1"})
        if "code=" not in sent.headers.get("location", ""):
            raise RuntimeError(f"the sign-in was answered by {sent.status_code}")
        cookie = "; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar)
    return Seat(seat.client_id, credentials, _REDIRECT, _SCOPE, cookie)


def _submit(browser: httpx.Client, page: str, typed: dict[str, str]) -> httpx.Response:
    state = _attribute(page, r'name="state" value="([^"]*)"')
    return browser.post(_attribute(page, r'<form[^>]* action="([^"]*)"'), data={"state": state, **typed})


def _attribute(page: str, pattern: str) -> str:
    found = re.search(pattern, page)
    if found is None:
        raise RuntimeError(f"no {pattern} in the page")
    return unescape(found[1])
