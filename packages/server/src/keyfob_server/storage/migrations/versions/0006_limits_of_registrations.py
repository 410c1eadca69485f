"""What an initial access token held a registration to: an update by its app is held to the same.

A column with a default only, so that the release before this one goes on inserting and updating.
"""

from keyfob_server.storage.migrations.texts import execute

revision = "0006"
down_revision = "0005"

_COLUMNS = ("alter table dynamically_registered_clients add column token_limits text not null default ''",)


def upgrade() -> None:
    execute(_COLUMNS)
