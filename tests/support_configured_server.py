"""The demo's installation, served again as one with settings of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from demo_story.child_process import end, read_until, start
from demo_story.server_process import PROGRAM
from support_process import serving


@contextmanager
def serving_with(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Its base URL. `settings` are `KEYFOB_*` variables over the demo's configuration file in `folder`."""
    with serving(folder) as demo:
        base_url, configuration = demo.base_url, demo.data_dir / "keyfob.toml"
    process = start([PROGRAM, "--config", configuration, "serve"], more=settings)
    try:
        read_until(process, lambda text: "ready: " in text)
        yield base_url
    finally:
        end(process)
