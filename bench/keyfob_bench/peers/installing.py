"""How a peer comes into its folder: once, and again when something else is asked for."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from keyfob_bench.contestant import Missing

_PATIENCE_S: Final = 1800
_PINNED: Final = re.compile(r"^([\w.-]+)==([^\s;]+)", re.MULTILINE)
_COLOURS: Final = re.compile(r"\x1b\[[\d;]*m")
_SAID: Final = 300
"""Letters of a failed program's last words that the report gives."""


class NotHad(Exception):
    """What a peer needs is not to be had here; the text says what, and why."""


def installed(folder: Path, wanted: str, fill: Callable[[Path], None]) -> Missing | None:
    """Has the empty folder filled, unless it holds what is `wanted` already. `fill` may raise NotHad."""
    stamp = folder / "installed"
    if stamp.is_file() and stamp.read_text() == wanted:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        fill(folder)
    except NotHad as error:
        return Missing(str(error))
    stamp.write_text(wanted)
    return None


def installed_python(folder: Path, requirements: Path) -> Missing | None:
    """A virtual environment with exactly these packages; where the file names hashes, pip checks all of them."""

    def fill(folder: Path) -> None:
        run(folder, [sys.executable, "-m", "venv", folder])
        run(folder, [folder / "bin" / "pip", "install", "--quiet", "--requirement", requirements])

    return installed(folder, requirements.read_text(), fill)


def versions_of(requirements: Path) -> Mapping[str, str]:
    """By the names of the packages; hashes may follow."""
    return dict(_PINNED.findall(requirements.read_text()))


def run(folder: Path, command: Sequence[str | Path], variables: Mapping[str, str] | None = None) -> str:
    """What a program prints, run in the folder; raises NotHad with its last words when it fails."""
    environment = {**os.environ, **(variables or {})}
    try:
        done = subprocess.run(  # noqa: S603 - an installer, by the registry's own client
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHad(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        raise NotHad(f"{' '.join(map(str, command[:3]))} failed: {last_words(done.stdout + done.stderr)}")
    return done.stdout


def last_words(said: str) -> str:
    return " ".join(_COLOURS.sub("", said).split())[-_SAID:]


def need(program: str, *packages: str) -> None:
    """The program is on the PATH, or comes from Debian's packages; raises NotHad, which says what to install."""
    if shutil.which(program) is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        # one source of several that cannot be reached is not fatal: the installation tells what was found
        with suppress(NotHad):
            run(Path("/"), ["apt-get", "update", "-q"])
        run(Path("/"), ["apt-get", "install", "--yes", "-q", "--no-install-recommends", *packages], environment)
    if shutil.which(program) is None:
        raise NotHad(f"{program} is not installed (Debian: {' '.join(packages)})")
