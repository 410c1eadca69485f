"""Doing something with the database of an installation."""

import getpass
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from keyfob_server.settings import Settings

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration

_Result = TypeVar("_Result")


def act(settings: Settings, do: "Callable[[Administration], Awaitable[_Result]]") -> _Result:
    """Raises StorageUnavailable, PasswordsBusy."""
    from keyfob_server.composition.administration import (  # noqa: PLC0415 - heavy: --help does not need it
        administer,
    )

    return administer(settings, do)


def actor() -> str:
    """Who runs the command, for the rows that keep it."""
    try:
        return f"command line: {getpass.getuser()}"
    except (KeyError, OSError):
        # A container may run as a user without a name.
        return "command line"
