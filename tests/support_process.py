"""The real program, started as an operator starts it: `keyfob serve --demo` on ports that the system picks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo_story.server_process import ServerProcess
from demo_story.server_process import serving as serving_from

__all__ = ["ServerProcess", "serving"]


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[ServerProcess]:
    """Ready to serve; its data lie in `folder`, which may be one that was served from before."""
    with serving_from(folder / "keyfob", *arguments) as server:
        yield server
