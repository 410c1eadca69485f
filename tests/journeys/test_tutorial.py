"""docs/tutorial.md, followed from its first line to its last: commands, dialogues with the app, and pages."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from demo_story.admin_pages import AdminVisit
from demo_story.child_process import end, read_until, say, start
from demo_story.person import PASSWORD, USER_NAME, person_at_chromium
from source_tree import ROOT
from support_engines import ENGINES, Engine, serve_options
from support_tutorial import TUTORIAL, Commands, Dialogue, Output, Picture, parts, says

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
SET_UP = "scripts/setup.sh\n"
SERVE = "keyfob serve --demo\n"
APP = "python examples/terminal_app.py"
BROWSER = shlex.join([sys.executable, str(ROOT / "tests" / "support_person_at_chromium.py")])
DONE = "the commands were run"


class Reader:
    """With three terminals in one folder, and a browser."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.options = shlex.join(("--port", "0", "--admin-port", "0", *serve_options(engine, folder)))
        self.processes: list[subprocess.Popen[bytes]] = []
        self.server = ""
        self.admin = ""
        self.shell = self.terminal("exec bash")
        say(self.shell, "set -euo pipefail\n")
        self.app = self.shell
        self.said = ""

    def terminal(self, command: str) -> subprocess.Popen[bytes]:
        process = start(["bash", "-c", f"cd {shlex.quote(str(self.folder))}\n{command}"])
        self.processes.append(process)
        return process

    def serves(self, commands: str) -> None:
        process = self.terminal(commands.replace(SERVE, f"exec {SERVE.strip()} {self.options}"))
        self.said = read_until(process, lambda text: "Stop with Ctrl-C.\n" in text)
        self.server, self.admin = re.findall(r"http://(127\.0\.0\.1:\d+)/", self.said)[:2]

    def opens_the_app(self, commands: str) -> None:
        command = f"{commands.strip()} --browser {shlex.quote(BROWSER)}"
        self.app = self.terminal(command.replace(APP, f"exec {APP}"))
        self.said = read_until(self.app, lambda text: text.endswith("\n> ")).removesuffix("> ")

    def types(self, commands: str) -> None:
        here = commands.replace("127.0.0.1:8443", self.server)
        say(self.shell, f"{{\n{here}\n}} 2>&1 </dev/null\necho {DONE}\n")
        self.said = read_until(self.shell, lambda text: text.endswith(f"{DONE}\n")).removesuffix(f"{DONE}\n")

    def talks(self, dialogue: Dialogue) -> None:
        assert not dialogue.before or says(dialogue.before, self.said), self.said
        for action, answer in dialogue.actions:
            say(self.app, f"{action}\n")
            if action == "quit":
                assert self.app.wait(20) == 0
                return
            self.said = read_until(self.app, lambda text: text.endswith("\n> ")).removesuffix("> ")
            assert says(answer, self.said), f"{action}: {self.said}"

    def revokes_at_the_admin_pages(self) -> None:
        listed = subprocess.run(
            [Path(sys.executable).with_name("keyfob"), "instance", "list", "--user", USER_NAME],
            cwd=self.folder,
            env={"KEYFOB_DATA_DIR": "keyfob-demo"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        client_id = listed.splitlines()[1].split()[0]
        with person_at_chromium(self.folder / "pictures") as person:
            visit = AdminVisit(person, f"http://{self.admin}/admin")
            told = visit.revokes(client_id, user_name=USER_NAME, reason="the phone was stolen")
        assert told == "Revoked 1 instance"

    def removes_their_device(self) -> None:
        with person_at_chromium(self.folder / "pictures") as person:
            page = person.context.new_page()
            page.goto(f"http://{self.server}/devices")
            page.get_by_label("User name").fill(USER_NAME)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name="Remove this device").click()
            page.get_by_label("Your password").fill(PASSWORD)
            page.get_by_role("button", name="Remove this device").click()
            expect(page.get_by_role("status")).to_contain_text("Removed.")


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reader]:
    """In a folder with what a clone has after its set-up."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    reader = Reader(tmp_path, request.param)
    try:
        yield reader
    finally:
        for process in reversed(reader.processes):
            end(process)


def test_whoever_follows_the_tutorial_reads_what_it_says(reader: Reader) -> None:
    at_pages = {
        "pictures/admin-receipt.png": reader.revokes_at_the_admin_pages,
        "pictures/remove-device.png": reader.removes_their_device,
    }
    followed = 0
    for part in parts(TUTORIAL.read_text("utf-8")):
        match part:
            case Commands(text) if text == SET_UP:
                assert (ROOT / text.strip()).is_file()
            case Commands(text) if text.endswith(SERVE):
                reader.serves(text)
            case Commands(text) if APP in text:
                reader.opens_the_app(text)
            case Commands(text):
                reader.types(text)
            case Output(text):
                assert says(text, reader.said), reader.said
            case Dialogue():
                reader.talks(part)
            case Picture(name):
                at_pages.pop(name, lambda: None)()
        followed += 1
    assert followed > 30
    assert at_pages == {}
    assert not (reader.folder / "keyfob-demo").exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Applied 1 change", "Applied 2 changes"),
        ("first\n...\nlast", "first\nmiddle"),
        ("STATUS  active", "STATUS  revoked"),
    ],
)
def test_what_the_tutorial_tells_otherwise_is_noticed(told: str, said: str) -> None:
    assert not says(told, said)


def test_ids_times_and_widths_may_be_others() -> None:
    told = "ID   WHEN\n01a20ba4-abb9-73a2-919f-018b09193abc  2026-11-24 03:41 UTC"
    said = "ID  WHEN\n01a20ba5-a6e6-7460-8547-990cfee32b2c 2027-01-01 00:00 UTC\n"
    assert says(told, said)
