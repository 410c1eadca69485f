"""The command line. What is heavy is imported by the command that needs it, so that `keyfob --help` answers at once."""

from keyfob_server.cli.program import main

__all__ = ["main"]
