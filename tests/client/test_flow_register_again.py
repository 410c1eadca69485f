"""A registration whose answer is lost on the way is asked for again, in the same words and with the same key."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import ClientError, ConnectionFailed
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.registration import idempotency_key
from keyfob_client.steps import Want
from support_client import registered
from support_demo_server import demo_server
from support_flows import RANDOM, Played, playing_register, server
from support_sql import rows

TESTS: Final = Path(__file__).parents[1]
INSTANCES: Final = "select client_id from dynamically_registered_clients"
LOST = ConnectionFailed("nobody answered", stage="registration")


def losing(address: str, times: int) -> tuple[Played[AuthState], list[HttpRequest]]:
    """The first so many answers of that address never arrive."""
    good, lost = server(), 0

    def respond(want: Want) -> HttpResponse | str | ClientError:
        nonlocal lost
        if isinstance(want, HttpRequest) and want.url.endswith(address) and lost < times:
            lost += 1
            return LOST
        return good(want)

    played = playing_register(respond)
    return played, [request for request in played.requests if request.url.endswith(address)]


def test_f4_a_lost_answer_is_asked_for_again_in_the_same_words() -> None:
    played, requests = losing("/register", 2)
    assert len(requests) == 3
    assert requests[0] == requests[1] == requests[2]
    assert played.result == registered()
    assert len(played.visits) == 1


def test_after_three_attempts_the_app_is_told() -> None:
    played, requests = losing("/register", 3)
    assert len(requests) == 3
    assert played.error is LOST
    (begun,) = played.saved
    assert begun.unanswered is not None
    assert begun.unanswered.key == dict(requests[0].headers)["Idempotency-Key"]
    assert begun.unanswered.body.encode() == requests[0].body


@pytest.mark.slow
@pytest.mark.parametrize(("dies", "registered_by_then"), [("unsent", 0), ("unheard", 1)])
def test_f4_an_app_that_is_killed_before_it_has_its_answer_has_it_after_its_next_start(
    tmp_path: Path, dies: str, registered_by_then: int
) -> None:
    store, config = tmp_path / "store", tmp_path / "config.json"
    store.mkdir()
    browser = f"{sys.executable} {TESTS / 'support_person.py'} {tmp_path / 'cookies'} {tmp_path / 'visits'}"
    with demo_server(tmp_path / "data") as running:
        example = json.loads((TESTS.parent / "examples" / "config.json").read_text())
        config.write_text(json.dumps(example | {"issuer": running.issuer}))

        def app(dies: str) -> tuple[int, str]:
            command: list[str | Path] = [
                sys.executable,
                TESTS / "client" / "dying_app.py",
                config,
                store,
                browser,
                dies,
            ]
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout or done.stderr

        assert app(dies) == (-signal.SIGKILL, "")
        made = [str(row[0]) for row in rows(running.database, INSTANCES)]
        assert len(made) == registered_by_then
        (kept,) = store.iterdir()
        token = json.loads(kept.read_bytes())["unanswered"]["initial_token"]
        passwords = (tmp_path / "visits").read_text().count("POST ")
        code, said = app("never")
        (instance,) = [str(row[0]) for row in rows(running.database, INSTANCES)]
        assert (code, said) == (0, f"Authenticated {instance}\n")
        assert made in ([], [instance])
        assert token.encode() not in kept.read_bytes()
        assert (tmp_path / "visits").read_text().count("POST ") == passwords


def test_a_code_is_never_sent_twice() -> None:
    played, requests = losing("/token", 1)
    assert len(requests) == 1
    assert played.error is LOST


def test_the_key_is_of_the_length_that_servers_take_and_another_one_for_other_bytes() -> None:
    _, (request,) = losing("/register", 0)
    sent = dict(request.headers)["Idempotency-Key"]
    assert sent == idempotency_key(RANDOM)
    assert 16 <= len(sent) <= 128
    assert sent != idempotency_key(RANDOM[:-1] + b"x")
