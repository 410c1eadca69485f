"""`./demo`: the journey of one install of an app."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from demo_story.child_process import ROOT
from demo_story.headless import tell
from demo_story.interactive import play
from demo_story.server_process import ServerOptions

_INTERRUPTED = 130
_TERMINATED = 143


def main() -> int:
    parser = argparse.ArgumentParser(prog="./demo", description="The journey of one install of an app.")
    parser.add_argument("--headless", action="store_true", help="tell the whole story without a screen")
    parser.add_argument(
        "--tls", action="store_true", help="the server speaks https, with an authority of the demo's own"
    )
    parser.add_argument(
        "--database-url", metavar="URL", help="the server's data lie in this empty PostgreSQL database, not in a file"
    )
    parser.add_argument("--browser", metavar="CMD", help="opens an address, given as its last argument")
    parser.add_argument(
        "--data-dir", type=Path, help="the server's data (default: .demo; with --headless a new temporary folder)"
    )
    parser.add_argument(
        "--pictures", type=Path, default=ROOT / "build" / "demo", help="with --headless: where the screenshots go"
    )
    options = parser.parse_args()
    # Said outright, because a program that a script starts in the background would ignore SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _terminate)
    data_dir: Path | None = options.data_dir.resolve() if options.data_dir else None
    server = ServerOptions(tls=options.tls, database_url=options.database_url)
    try:
        if options.headless:
            return tell(data_dir, options.pictures.resolve(), server)
        return play(data_dir or ROOT / ".demo", options.browser, server)
    except KeyboardInterrupt:
        print("demo: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    """As an exception, so that everything that was started is ended."""
    raise SystemExit(_TERMINATED)


if __name__ == "__main__":
    sys.exit(main())
