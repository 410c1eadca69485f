"""Where the facts are kept."""

import re
from typing import Final
from urllib.parse import urlsplit

from keyfob_server.settings.kinds import Text, Whole
from keyfob_server.settings.setting import Setting
from keyfob_server.settings.settings import POSTGRESQL, SQLITE

_FORMS: Final = (
    f"must be {SQLITE} and the path of a file, such as {SQLITE}keyfob.db, "
    f"or {POSTGRESQL}user@host/database, with libpq's parameters after a question mark"
)


def _check_database_url(text: str) -> str:
    """Raises ValueError. The text is not shown: the URL of a database may hold a password."""
    if text.startswith(POSTGRESQL):
        good = re.fullmatch(r"[!-~]+", text) is not None and len(urlsplit(text).path) > 1
    else:
        path = text.removeprefix(SQLITE)
        good = path not in (text, "") and not path.startswith(":") and not any(mark in path for mark in "?#%\0")
    if not good:
        raise ValueError(_FORMS)
    return text


DATABASE: Final = (
    Setting(
        "database_url", "database_url", Text("a database URL", _check_database_url), "sqlite:///keyfob.db",
        "The database: `sqlite:///` and a file, relative to the configuration file's folder or absolute; or "
        "`postgresql://user@host/database`, with libpq's parameters (`?sslmode=verify-full`) and several hosts "
        "separated by commas.",
    ),
    Setting(
        "database_connections", "database_connections", Whole(1, 500), 10,
        "How many connections to PostgreSQL a server process opens at most.",
    ),
)  # fmt: skip
