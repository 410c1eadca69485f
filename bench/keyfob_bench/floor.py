"""What plain uvicorn does with the same bytes: each answer of a server is recorded, and said again without logic."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keyfob_bench.contestant import Operation, Running
from keyfob_bench.exchange import Answer, Exchange, Script, WrongAnswer
from keyfob_bench.load import drive
from keyfob_bench.processes import resident_mib
from keyfob_bench.provider import Provider
from keyfob_bench.started import Server, ended_unless_started, free_port, start_on, wait_for

NAME: Final = "plain uvicorn, the same bytes"
READY: Final = "bytes that are ready"
# what has many exchanges, or a password to check, on a machine that is busy otherwise
_RECORDED_S: Final = {Operation.SIGN_IN: 2.0, Operation.JOURNEY: 2.0}
_SERVERS_OWN: Final = frozenset({"date", "server", "connection"})


@dataclass(slots=True)
class _Recorder:
    """Lets a script speak, and keeps its last operation."""

    script: Script
    under_way: list[tuple[bytes, Answer]]
    last: list[tuple[bytes, Answer]]

    def listen(self) -> Script:
        exchange = next(self.script)
        while True:
            answer = yield exchange
            self.under_way.append((exchange.request, answer))
            if exchange.completes:
                self.last, self.under_way = self.under_way, []
            exchange = self.script.send(answer)


@dataclass(frozen=True, slots=True)
class Recording:
    """What a server answered: each request names by its path the number of the answer in the file."""

    file: Path
    scripts: Mapping[Operation, Sequence[Exchange]]
    bodies: Mapping[Operation, Sequence[bytes]]


def record(of: Running, operations: Sequence[Operation], folder: Path) -> Recording:
    """Each operation once, as `of` answers it now."""
    of.prepare()
    recorded = {operation: _record(of, operation) for operation in operations}
    answers: list[object] = []
    scripts: dict[Operation, list[Exchange]] = {}
    for operation, exchanges in recorded.items():
        scripts[operation] = []
        for request, answer in exchanges:
            method, _, rest = request.partition(b" ")
            _, _, rest = rest.partition(b" ")
            sent = method + f" /{len(answers)} ".encode() + rest
            scripts[operation].append(Exchange(sent, completes=(request, answer) == exchanges[-1]))
            answers.append([answer.status, _headers(answer), answer.body.decode()])
    file = folder / "answers.json"
    file.write_text(json.dumps(answers))
    return Recording(file, scripts, {one: [answer.body for _, answer in found] for one, found in recorded.items()})


def start_floor(recording: Recording, core: int) -> Running:
    """Plain uvicorn with those answers."""
    said = "uvicorn with uvloop and httptools, as Keyfob runs it; each request and answer recorded from Keyfob."
    return _start("keyfob_bench.bare", recording, core, said)


def start_ready(recording: Recording, core: int) -> Running:
    """No server: those answers as bytes, said at once. None of it reads a password, so nobody signs in."""
    scripts: Mapping[Operation, Sequence[Exchange]] = {
        one: found for one, found in recording.scripts.items() if one != Operation.SIGN_IN
    }
    return _start("keyfob_bench.ready", replace(recording, scripts=scripts), core, "bytes that are ready.")


def _start(module: str, recording: Recording, core: int, said: str) -> Running:
    port = free_port()
    folder = recording.file.with_name(module)
    folder.mkdir()
    process = start_on(core, [sys.executable, "-m", module, str(port), recording.file], folder)
    with ended_unless_started(process):
        wait_for(process, f"http://127.0.0.1:{port}/0")
        at_rest = resident_mib([process.pid])
    server = Server(("127.0.0.1", port), process, _NO_PROVIDER, (said,), at_rest_mib=at_rest)
    return _Floor(server, recording)


_NO_PROVIDER: Final = Provider("", {}, {}, {}, "", {})


@dataclass(frozen=True, slots=True)
class _Floor:
    server: Server
    recording: Recording

    @property
    def address(self) -> tuple[str, int]:
        return self.server.address

    def address_of(self, operation: str) -> tuple[str, int]:
        return self.server.address_of(operation)

    @property
    def pids(self) -> Sequence[int]:
        return self.server.pids

    @property
    def database_pids(self) -> Sequence[int]:
        return ()

    @property
    def at_rest_mib(self) -> float:
        return self.server.at_rest_mib

    @property
    def settings(self) -> Sequence[str]:
        return self.server.settings

    def prepare(self) -> None:
        """What was recorded does not age."""

    def script(self, operation: Operation, connection: int) -> Script | None:  # noqa: ARG002 - all say the same
        exchanges = self.recording.scripts.get(operation)
        return _say(exchanges, self.recording.bodies[operation]) if exchanges else None

    def close(self) -> None:
        self.server.close()


def _say(exchanges: Sequence[Exchange], bodies: Sequence[bytes]) -> Script:
    while True:
        for exchange, body in zip(exchanges, bodies, strict=True):
            answer = yield exchange
            if answer.body != body:
                raise WrongAnswer(f"{answer.status}: {answer.body[:300]!r}")


def _record(of: Running, operation: Operation) -> list[tuple[bytes, Answer]]:
    script = of.script(operation, 0)
    if script is None:
        return []
    recorder = _Recorder(script, [], [])
    drive(of.address, [recorder.listen()], _RECORDED_S.get(operation, 0.2), warm_up_s=0)
    return recorder.last


def _headers(answer: Answer) -> list[tuple[str, str]]:
    lines = answer.head.decode("latin-1").split("\r\n")[1:]
    pairs = [line.partition(":") for line in lines if line]
    return [(name, value.strip()) for name, _, value in pairs if name.lower() not in _SERVERS_OWN]
