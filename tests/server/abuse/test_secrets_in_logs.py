"""A real server process at the level DEBUG, not in demo mode, goes through the journey; its log is searched."""

import json
import os
import select
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import pytest

from keyfob_server.composition.administration import Administration, administer
from keyfob_server.settings import load_settings
from support_keyfob_program import PATIENCE_S, PROGRAM, environment, keyfob
from support_secrets import PASSWORD, Journey, files_with, found, whole_journey
from support_stored_records import an_account

pytestmark = pytest.mark.slow
CLIENT: Final = """[registration_client]
redirect_uris = ["io.curity.dcrclient:/callback"]
"""


@dataclass(frozen=True, slots=True)
class Logged:
    folder: Path
    base_url: str
    log: Path
    administrators_password: str

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]


async def _add_demouser(tools: Administration) -> bool:
    """As the demo does it: a command would refuse a password that everybody tries."""
    return await tools.store.add_account(an_account("demouser"), password_hash=await tools.passwords.hash(PASSWORD))


@contextmanager
def logging_server(folder: Path) -> Iterator[Logged]:
    """A new installation, served until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        base_url = f"http://127.0.0.1:{free.getsockname()[1]}"
    made = keyfob("init", "--data-dir", "data", "--base-url", base_url, "--json", cwd=folder).document()
    data, log = folder / "data", folder / "server.log"
    config = data / "keyfob.toml"
    config.write_text(config.read_text().partition("[registration_client]")[0] + CLIENT)
    assert administer(load_settings(config, {}), _add_demouser)
    variables = environment({"KEYFOB_LOG_LEVEL": "debug", "KEYFOB_ADMIN_PORT": "0"})
    with (
        log.open("wb") as stream,
        subprocess.Popen([PROGRAM, "serve"], cwd=data, env=variables, stdout=subprocess.PIPE, stderr=stream) as process,
    ):
        assert process.stdout
        try:
            ready, _, _ = select.select([process.stdout], [], [], PATIENCE_S)
            assert ready
            assert os.read(process.stdout.fileno(), 4096).startswith(b"ready: ")
            yield Logged(data, base_url, log, str(made["password"]))
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def travelled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Logged, Journey]:
    """The server has stopped: all that it logs is in the file."""
    with logging_server(tmp_path_factory.mktemp("logged")) as server, httpx.Client(base_url=server.base_url) as client:

        def send(method: str, path: str, **arguments: object) -> httpx.Response:
            # cookies are the journey's own
            client.cookies.clear()
            return client.request(method, path, **arguments)  # type: ignore[arg-type] # passed on as they came

        journey = whole_journey(send)
        hostile(client)
    return server, journey


HOSTILE: Final = (
    'x\n{"level":"error","event":"forged"}',
    "x\r\nforged",
    "x\u2028forged\u2029forged\u0085forged",
    "\x1b[2J\x1b]0;forged\x07",
    "\u202eforged",
    '"},{"event":"forged',
    "☃ \U0001d11e forged",
)


def hostile(client: httpx.Client) -> None:
    for text in HOSTILE:
        for path in ("/oauth/v2/oauth-authorize", "/oauth/v2/oauth-token", "/oauth/v2/oauth-session/logout", "/x"):
            client.get(path, params={"client_id": text, "redirect_uri": text, text: text})
            client.post(path, data={"client_id": text, "grant_type": text, "client_secret": text})
        client.get(f"/{quote(text, safe='')}", headers={"x-forwarded-for": quote(text), "user-agent": quote(text)})
        client.post("/token-service/oauth-registration", json={"client_name": text})


def test_m5_no_secret_of_the_journey_stands_in_the_log_at_debug(travelled: tuple[Logged, Journey]) -> None:
    server, journey = travelled
    assert len(server.lines()) > 200
    assert {line["level"] for line in server.lines()} >= {"info"}
    assert found(journey.secrets | {"administrator": {server.administrators_password}}, server.log.read_bytes()) == []


def test_m5_no_address_with_parameters_and_no_cookie_stands_in_the_log(travelled: tuple[Logged, Journey]) -> None:
    server, _ = travelled
    text = server.log.read_text("utf-8").lower()
    for word in ("code=", "state=", "?client_id", "set-cookie", "bearer ", "basic ", "keyfob-session", "state-1"):
        assert word not in text, word


def test_m5_the_search_finds_each_secret_that_was_planted_in_a_log(
    travelled: tuple[Logged, Journey], tmp_path: Path
) -> None:
    server, journey = travelled
    for kind, values in journey.secrets.items():
        for value in values:
            (tmp_path / "server.log").write_bytes(
                server.log.read_bytes() + json.dumps({"event": f"x{value}y"}).encode()
            )
            assert kind in files_with({kind: {value}}, tmp_path)["server.log"]


def test_m1_nothing_that_the_process_leaves_in_its_folder_holds_a_secret(travelled: tuple[Logged, Journey]) -> None:
    server, journey = travelled
    secrets = journey.secrets | {"administrator": {server.administrators_password}}
    assert files_with(secrets, server.folder) == {}


def test_m6_hostile_input_forges_no_line_and_steers_no_terminal(travelled: tuple[Logged, Journey]) -> None:
    server, _ = travelled
    content = server.log.read_bytes()
    assert content.isascii()
    assert [byte for byte in set(content) if byte < 0x20 and byte != 0x0A] == []
    assert b"\x7f" not in content
    for line in server.lines():
        assert set(line) <= {"time", "level", "logger", "event", "request_id", "facts", "exception"}
        assert line["event"] != "forged"


def test_m6_every_request_has_one_line_with_its_id_and_no_error_was_logged(travelled: tuple[Logged, Journey]) -> None:
    server, _ = travelled
    requests = [line for line in server.lines() if line["event"] == "request"]
    ids = [line["request_id"] for line in requests]
    assert len(set(ids)) == len(ids) > 100
    assert [line for line in server.lines() if line["level"] in {"error", "critical"}] == []
    assert [line for line in server.lines() if "exception" in line] == []
