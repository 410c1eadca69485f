"""A person's sessions are found by the person.

An index only, so that the release before this one goes on as it was.
"""

from keyfob_server.storage.migrations.texts import execute

revision = "0007"
down_revision = "0006"

_INDEXES = ("create index sessions_by_account on sessions (account_id)",)


def upgrade() -> None:
    execute(_INDEXES)
