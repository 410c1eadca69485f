"""The few ASGI types that plain handlers need, spelled out."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

OTHER_PATH = "(other)"
"""No route's."""


def exact_path(scope: Scope) -> str:
    """The path, if it was sent in these very bytes: no decoding leads to an endpoint."""
    path: str = scope["path"]
    return path if path.encode() == scope["raw_path"] else OTHER_PATH
