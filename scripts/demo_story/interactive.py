"""The demo for a person at a desktop: server and app run, and the person plays."""

import signal
import subprocess
import sys
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from demo_story.app_config import write_config
from demo_story.app_process import APP
from demo_story.child_process import ChildFailed, environment
from demo_story.database import LIST, shell_of
from demo_story.keyring_session import keyring_session
from demo_story.server_process import ServerOptions, ServerProcess, serving, shown_path
from keyfob_client.errors import StoreUnavailable
from keyfob_client.stores.keyring_store import KeyringStore

_SUSPEND = "update dynamically_registered_clients set status='inactive';"


def play(data_dir: Path, browser: str | None, options: ServerOptions) -> int:
    """The exit status. `browser` is a command that opens an address; without one the system's own browser does."""
    if browser is None and not _has_browser():
        print("demo: there is no browser here that could be opened; try ./demo --headless", file=sys.stderr)
        return 1
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _secret_store(data_dir) as session, serving(data_dir, *options.arguments()) as server:
            config = write_config(data_dir, server.issuer)
            print(_what_to_look_at(server, config, options), flush=True)
            return _run_app(config, browser, session, server.authority)
    except (ChildFailed, OSError) as fault:
        print(f"demo: {fault}", file=sys.stderr)
        return 1


def _has_browser() -> bool:
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


@contextmanager
def _secret_store(data_dir: Path) -> Iterator[Mapping[str, str]]:
    """The desktop's own keyring, or one that belongs to the demo where the desktop has none."""
    try:
        KeyringStore("keyfob-terminal-app")
    except StoreUnavailable:
        print(f"No keyring answers on this desktop: the demo brings its own, in {shown_path(data_dir / 'keyring')}.")
        with keyring_session(data_dir / "keyring") as session:
            yield session
        return
    yield {}


def _run_app(config: Path, browser: str | None, session: Mapping[str, str], authority: Path | None) -> int:
    options = (*(("--browser", browser) if browser else ()), *(("--ca-file", authority) if authority else ()))
    arguments = [sys.executable, APP, config, *options]
    # Ctrl-C is for the app, which has the terminal; the server is ended after it. A program does not inherit a handler.
    before = signal.signal(signal.SIGINT, lambda _signal, _frame: None)
    try:
        return subprocess.run(arguments, env=environment(session), check=False).returncode
    finally:
        signal.signal(signal.SIGINT, before)


def _what_to_look_at(server: ServerProcess, config: Path, options: ServerOptions) -> str:
    shell = shell_of(server.database, options.database_url, shown_as=shown_path(server.database)).typed
    trust = (
        f"\nTrust          {shown_path(server.authority)} (or go on when the browser warns)" if server.authority else ""
    )
    return f"""
KEYFOB DEMO: everybody knows its passwords. Never use it for anything real.

Sign in as     demouser / Password1
Try            register, sign in, tokens, refresh, sign out; quit and start again: the registration is still there
The server     {server.issuer}/.well-known/openid-configuration
Administration {server.admin_url}{trust}
The app        {shown_path(APP)}, configured by {shown_path(config)} (a copy of examples/config.json with this issuer)
The log        {shown_path(server.log_file)}

In another terminal, while the app runs:

  {shell} "{LIST}"
  {shell} "{_SUSPEND}"
      the app's next refresh says that it is suspended; 'active' brings it back, 'revoked' ends it for good
"""
