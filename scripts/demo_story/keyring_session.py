"""A desktop's secret store where there is no desktop: gnome-keyring on a message bus of its own."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from demo_story.child_process import PATIENCE_S, ChildFailed, end, environment, name_of, start

_POLL_S = 0.02
# No service files: nothing but the keyring that is started here ever answers on this bus.
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@contextmanager
def keyring_session(folder: Path) -> Iterator[dict[str, str]]:
    """The environment variables of a session whose keyring is unlocked; what it keeps lies, encrypted, in `folder`.

    Raises ChildFailed when it does not come up.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        # A socket's path may be 107 bytes long, and the data folder may lie anywhere.
        runtime = Path(stack.enter_context(TemporaryDirectory(prefix="keyfob-bus-")))
        socket, configuration = runtime / "bus", runtime / "bus.conf"
        configuration.write_text(_BUS.format(socket=socket))
        session = {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}", "XDG_RUNTIME_DIR": str(runtime)}
        bus = start(["dbus-daemon", f"--config-file={configuration}", "--nofork", "--nopidfile"])
        stack.callback(end, bus)
        _wait_for(bus, socket.exists)
        keyring = start(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            more=session | {"HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        )
        stack.callback(end, keyring)
        if keyring.stdin is not None:
            keyring.stdin.write(b"demo")
            keyring.stdin.close()
        _wait_for(keyring, lambda: _has_secrets(session))
        yield session


def _has_secrets(session: Mapping[str, str]) -> bool:
    asked = subprocess.run(
        [
            *("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus"),
            *("org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets"),
        ],
        env=environment(session),
        capture_output=True,
        check=False,
    )
    return b"boolean true" in asked.stdout


def _wait_for(process: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise ChildFailed(f"{name_of(process)} did not come up, so there is no secret store")
        time.sleep(_POLL_S)
