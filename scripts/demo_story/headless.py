"""The whole story by itself, step by step, with its photographs."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError
from tempfile import TemporaryDirectory

from playwright.sync_api import Error as BrowserFailed

from demo_story.app_config import write_config
from demo_story.app_process import AppProcess
from demo_story.child_process import ChildFailed
from demo_story.database import Administrator, shell_of
from demo_story.keyring_session import keyring_session
from demo_story.operator_commands import TEMPLATE_ID, Operator
from demo_story.person import person_at_chromium
from demo_story.server_process import ServerOptions, serving, shown_path
from demo_story.stage import Stage, StoryFailed
from demo_story.steps import FIRST_RUN, SECOND_RUN, TEMPLATE_RUN, Step

_TOTAL = len(FIRST_RUN) + len(SECOND_RUN) + len(TEMPLATE_RUN)
_FAULTS = (StoryFailed, ChildFailed, BrowserFailed, AssertionError, OSError, SubprocessError)
"""AssertionError is what Playwright's own expectations raise."""


def tell(data_dir: Path | None, pictures: Path, options: ServerOptions) -> int:
    """The exit status. Without a `data_dir` the server's data live as long as the story."""
    with TemporaryDirectory(prefix="keyfob-demo-") as folder:
        return _tell(data_dir or Path(folder) / "server", Path(folder), pictures, options)


def _tell(data_dir: Path, folder: Path, pictures: Path, options: ServerOptions) -> int:
    started = time.monotonic()
    progress = _Progress()
    try:
        with _stage(data_dir, folder, pictures, options) as stage:
            try:
                with stage.start_app() as app:
                    _play(stage, app, FIRST_RUN, progress)
                with stage.start_app() as app:
                    _play(stage, app, SECOND_RUN, progress)
                stage.register_by_template(TEMPLATE_ID)
                with stage.start_app() as app:
                    _play(stage, app, TEMPLATE_RUN, progress)
            finally:
                shutil.copy(stage.server.log_file, pictures / "server.log")
            print(
                f"\n{len(stage.person.taken)} pictures of {len(stage.person.taken) // 2} pages, and the server's log:"
            )
            print(f"    {shown_path(pictures)}")
    except _FAULTS as fault:
        print(f"journey failed at {progress.where}: {_sentence(fault)}", file=sys.stderr, flush=True)
        return 1
    print(f"{time.monotonic() - started:.0f} s")
    print(f"journey complete: {progress.done} of {_TOTAL} steps")
    return 0


class _Progress:
    """Where the story is."""

    def __init__(self) -> None:
        self.done = 0
        self.where = "the start"


def _play(stage: Stage, app: AppProcess, steps: tuple[tuple[str, Step], ...], progress: _Progress) -> None:
    for title, step in steps:
        progress.where = f"step {progress.done + 1} of {_TOTAL} ({title})"
        print(f"\n=== {progress.done + 1} of {_TOTAL}: {title}\n", flush=True)
        step(stage, app)
        progress.done += 1


@contextmanager
def _stage(data_dir: Path, folder: Path, pictures: Path, options: ServerOptions) -> Iterator[Stage]:
    with (
        keyring_session(folder / "keyring") as session,
        serving(data_dir, *options.arguments()) as server,
        person_at_chromium(pictures, warned=options.tls) as person,
    ):
        print(f"server: {server.issuer}\ndata:   {data_dir}")
        config = write_config(folder, server.issuer)
        operator = Operator(server.data_dir / "keyfob.toml", folder)
        administrator = Administrator(shell_of(server.database, options.database_url))
        yield Stage(server, person, administrator, operator, config, session)


def _sentence(fault: BaseException) -> str:
    return str(fault).strip() or type(fault).__name__
