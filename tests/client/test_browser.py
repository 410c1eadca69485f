import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyfob_client.errors import AuthorizationCancelled, InvalidConfiguration
from keyfob_client.redirects.browser import LoopbackUserAgent, open_with
from keyfob_client.redirects.loopback import LoopbackReceiver
from support_polling import eventually

CALLBACK = "http://127.0.0.1/callback"
GET = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=20).read()"
WRITE = "import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"


def test_a_command_gets_the_url_as_one_argument_that_no_shell_reads(tmp_path: Path) -> None:
    seen = tmp_path / "the url"
    url = "https://as.example/a?b=1&c=$(touch x);d='2'"
    open_with(f"{sys.executable} -c '{WRITE}' '{seen}'")(url)
    eventually(lambda: seen.exists() and seen.read_text() == url)


@pytest.mark.parametrize("command", ["/nowhere/browser", "", "/etc/passwd"])
def test_a_browser_that_cannot_be_started_is_a_fault_of_the_configuration(command: str) -> None:
    with pytest.raises(InvalidConfiguration):
        open_with(command)("https://as.example")


OPEN = "import sys; from keyfob_client.redirects.browser import open_system_browser; open_system_browser(sys.argv[1])"


def opened_with(browser: str, url: str) -> subprocess.CompletedProcess[str]:
    """In a program of its own: the standard library looks for browsers once."""
    environment = {"BROWSER": browser, "PATH": os.devnull}
    return subprocess.run(
        [sys.executable, "-c", OPEN, url], env=environment, check=False, capture_output=True, text=True, timeout=60
    )


def test_the_system_browser_is_the_one_that_the_environment_names(tmp_path: Path) -> None:
    seen = tmp_path / "url"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {seen}\n')
    browser.chmod(0o700)
    assert opened_with(f"{browser} %s", "https://as.example/a?b").returncode == 0
    assert seen.read_text() == "https://as.example/a?b"


def test_a_machine_without_a_browser_is_a_fault_of_the_configuration() -> None:
    assert "InvalidConfiguration" in opened_with("", "https://as.example").stderr


def test_a_visit_opens_the_browser_waits_and_tells_both_urls() -> None:
    told: list[str] = []
    with LoopbackReceiver(CALLBACK) as receiver:
        agent = LoopbackUserAgent(receiver, open_with(f"{sys.executable} -c '{GET}'"), observe=told.append)
        url = f"{receiver.redirect_uri}?code=c-1"
        assert agent.visit(url) == url
    assert told == [url, url]


def test_a_browser_that_nobody_answers_in_is_a_cancelled_sign_in() -> None:
    with LoopbackReceiver(CALLBACK) as receiver:
        agent = LoopbackUserAgent(receiver, lambda _: None, timeout_s=0.05)
        with pytest.raises(AuthorizationCancelled):
            agent.visit("https://as.example")


def test_a_browser_that_cannot_be_opened_ends_the_wait_with_its_own_error() -> None:
    with LoopbackReceiver(CALLBACK) as receiver:
        agent = LoopbackUserAgent(receiver, open_with("/nowhere/browser"))
        with pytest.raises(InvalidConfiguration):
            agent.visit("https://as.example")


def test_a_browser_that_stays_in_front_does_not_keep_its_own_answer_out() -> None:
    def in_front(url: str) -> None:
        subprocess.run([sys.executable, "-c", GET, url], check=True, timeout=60)

    with LoopbackReceiver(CALLBACK) as receiver:
        url = f"{receiver.redirect_uri}?code=c-1"
        assert LoopbackUserAgent(receiver, in_front).visit(url) == url


def test_an_asynchronous_visit_returns_the_redirect_too() -> None:
    with LoopbackReceiver(CALLBACK) as receiver:
        agent = LoopbackUserAgent(receiver, open_with(f"{sys.executable} -c '{GET}'"))
        url = f"{receiver.redirect_uri}?code=c-1"
        assert asyncio.run(agent.visit_async(url)) == url


def test_cancelling_the_task_ends_the_wait_and_stops_listening() -> None:
    async def cancelled(receiver: LoopbackReceiver) -> None:
        opened = asyncio.Event()
        loop = asyncio.get_running_loop()

        def open_url(_url: str) -> None:
            loop.call_soon_threadsafe(opened.set)

        agent = LoopbackUserAgent(receiver, open_url)
        task = asyncio.create_task(agent.visit_async("https://as.example"))
        await opened.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with LoopbackReceiver(CALLBACK) as receiver:
        asyncio.run(cancelled(receiver))
        eventually(lambda: receiver._listener.fileno() == -1)
