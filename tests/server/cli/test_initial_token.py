"""`keyfob initial-token ...`, and what its tokens register at the server that runs on the same database."""

from pathlib import Path

import click
import httpx
import pytest

from demo_story.server_process import ServerProcess
from keyfob_server.cli import durations
from support_app import REGISTER, SEED_REQUEST
from support_keyfob_program import Installation, Outcome, keyfob
from support_process import serving


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("12h", 43200), ("7d", 7 * 86400)])
def test_a_duration_is_a_number_and_a_unit(text: str, seconds: int) -> None:
    option = click.Option(["--ttl"])
    assert durations.duration(click.Context(click.Command("x")), option, text) == seconds


@pytest.mark.parametrize("text", ["", "7", "0s", "-1d", "1w", "1.5h", "1 d", "1d\n", "9999999999s", "\u0663d"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(click.BadParameter):
        durations.duration(click.Context(click.Command("x")), click.Option(["--ttl"]), text)


@pytest.mark.parametrize(("text", "uses"), [("1", 1), ("500", 500), ("unlimited", None)])
def test_uses_are_a_number_or_unlimited(text: str, uses: int | None) -> None:
    assert durations.uses(click.Context(click.Command("x")), click.Option(["--uses"]), text) == uses


@pytest.mark.parametrize("text", ["0", "-1", "none", "", "1.0"])
def test_anything_else_is_no_number_of_uses(text: str) -> None:
    with pytest.raises(click.BadParameter):
        durations.uses(click.Context(click.Command("x")), click.Option(["--uses"]), text)


def on(demo: ServerProcess, *arguments: str) -> Outcome:
    return keyfob("--config", str(demo.data_dir / "keyfob.toml"), *arguments, cwd=Path.cwd())


def register(demo: ServerProcess, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return httpx.post(demo.base_url + REGISTER, json=SEED_REQUEST, headers=headers, trust_env=False).status_code


@pytest.mark.slow
def test_tokens_of_the_command_line_register_as_often_as_they_say(tmp_path: Path) -> None:
    with serving(tmp_path) as demo:
        issued = on(demo, "initial-token", "issue", "--uses", "2", "--user", "demouser", "--ttl", "1h")
        token = issued.out.strip()
        assert issued.out == f"{token}\n"
        assert [register(demo, token) for _ in range(3)] == [201, 201, 401]
        other = on(demo, "initial-token", "issue", "--uses", "unlimited", "--json").document()
        assert register(demo, str(other["token"])) == 201
        assert on(demo, "initial-token", "revoke", str(other["id"]), "--reason", "lost").code == 0
        assert register(demo, str(other["token"])) == 401
        shown = on(demo, "initial-token", "show", str(other["id"]), "--json").document()
        assert (shown["uses"], shown["uses_left"], shown["status"]) == (1, None, "revoked")
        narrow = on(demo, "initial-token", "issue", "--template", "mobile-dcr-template-client").out.strip()
        headers = {"authorization": f"Bearer {narrow}"}
        asked = {"software_id": "mobile-dcr-template-client"}
        answer = httpx.post(demo.base_url + REGISTER, json=asked, headers=headers, trust_env=False)
        assert answer.json()["client_name"] == "Demo App"


@pytest.mark.slow
def test_tokens_are_listed_without_being_told(installation: Installation) -> None:
    issued = installation.keyfob("initial-token", "issue", "--note", "the box", "--json").document()
    listed = installation.keyfob("initial-token", "list", "--json")
    assert str(issued["token"]) not in listed.out
    tokens = listed.document()["initial_tokens"]
    assert isinstance(tokens, list)
    assert [(one["id"], one["note"], one["uses_left"]) for one in tokens] == [(issued["id"], "the box", 1)]
    assert "the box" in installation.keyfob("initial-token", "list").out
    assert "0 used, 1 left" in installation.keyfob("initial-token", "show", str(issued["id"])).out
    assert str(issued["token"]).encode() not in installation.database.read_bytes()


@pytest.mark.slow
def test_what_is_not_there_and_what_may_not_be_is_told_apart(installation: Installation) -> None:
    def issue(*arguments: str) -> Outcome:
        return installation.keyfob("initial-token", "issue", *arguments)

    assert issue("--user", "nobody").refusal(3) == "there is no active account nobody"
    assert issue("--template", "nothing").refusal(3) == "there is no active template nothing"
    assert "90 days" in issue("--ttl", "91d").refusal(4)
    assert "is no duration" in issue("--ttl", "soon").refusal(2)
    assert installation.keyfob("initial-token", "show", "x").code == 3
    assert installation.keyfob("initial-token", "revoke", "x").code == 3
