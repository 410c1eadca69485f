"""Starting and stopping the real program."""

import socket
from pathlib import Path
from typing import Final

import httpx
import pytest

from keyfob_server.web.listeners import PortUnusable, bind
from support_app import TOKEN
from support_byte_stream import connected, request
from support_keyfob_program import keyfob
from support_nodes import Node, started
from support_polling import eventually
from support_process import ServerProcess, serving

FORM: Final = "Content-Type: application/x-www-form-urlencoded"
READY: Final = "/health/ready"


def readiness(server: ServerProcess) -> tuple[int, str]:
    answer = httpx.get(server.admin_url.removesuffix("/admin") + READY)
    return answer.status_code, answer.text


@pytest.mark.slow
def test_sigterm_takes_readiness_away_finishes_the_request_under_way_and_ends_well(tmp_path: Path) -> None:
    with serving(tmp_path) as server, connected(server.base_url) as under_way, connected(server.base_url) as idle:
        whole = request("POST", TOKEN, FORM, body=b"grant_type=authorization_code")
        idle.send(whole)
        assert idle.answer().status == 400
        under_way.send(whole[:-4])
        assert readiness(server) == (200, "ready\n")
        server.process.terminate()
        eventually(lambda: readiness(server) == (503, "stopping\n"))
        assert server.process.poll() is None
        eventually(lambda: not listens(server))
        assert idle.is_closed()
        under_way.send(whole[-4:])
        answer = under_way.answer()
        assert (answer.status, answer.headers["connection"]) == (400, "close")
        assert b"code is missing" in answer.body
        assert under_way.is_closed()
        assert server.process.wait(30) == 0


@pytest.mark.slow
def test_in_the_drain_every_answer_is_the_last_on_its_connection_and_a_second_signal_ends_it(tmp_path: Path) -> None:
    with serving(tmp_path) as demo:
        configuration = demo.data_dir / "keyfob.toml"
    node = Node(configuration, {"KEYFOB_DRAIN_S": "600"})
    whole = request("POST", TOKEN, FORM, body=b"grant_type=authorization_code")
    with started(node), connected(node.url) as from_before:
        from_before.send(whole)
        assert "connection" not in from_before.answer().headers
        node.tell_to_stop()
        eventually(lambda: httpx.get(node.readiness_url).status_code == 503)
        with connected(node.url) as new:
            for connection in (from_before, new):
                connection.send(whole)
                answer = connection.answer()
                assert (answer.status, answer.headers["connection"]) == (400, "close")
                assert connection.is_closed()
        assert node.stop() == 0


def listens(server: ServerProcess) -> bool:
    try:
        with connected(server.base_url):
            return True
    except ConnectionRefusedError:
        return False


@pytest.mark.slow
def test_an_idle_server_stops_at_once_and_its_port_is_free_again(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        port = int(server.base_url.rpartition(":")[2])
        assert server.stop() == 0
        bind("127.0.0.1", port).close()
    with serving(tmp_path) as again:
        assert again.base_url == server.base_url


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        arguments = ("serve", "--demo", "--data-dir", "data")
        public = keyfob(*arguments, "--port", port, "--admin-port", "0", cwd=tmp_path)
        admin = keyfob(*arguments, "--port", "0", "--admin-port", port, cwd=tmp_path)
    for outcome in (public, admin):
        assert outcome.refusal(5) == f"cannot listen on 127.0.0.1 port {port}: Address already in use"


def test_a_port_in_use_cannot_be_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortUnusable, match="Address already in use"):
        bind("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["203.0.113.1", "no.such.host.invalid"])
def test_an_address_that_is_not_this_machines_cannot_be_bound(host: str) -> None:
    with pytest.raises(PortUnusable, match=f"cannot listen on {host} port 8443: "):
        bind(host, 8443)


def test_an_ipv6_loopback_address_can_be_bound() -> None:
    with bind("::1", 0) as bound:
        assert bound.family == socket.AF_INET6
