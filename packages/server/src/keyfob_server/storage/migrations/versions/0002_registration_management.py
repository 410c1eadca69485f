"""Rotation with an overlap: the replaced secret and registration access token of an instance, and until when they work.

Columns with defaults only, so that the release before this one goes on inserting and updating.
"""

from keyfob_server.storage.migrations.texts import execute

revision = "0002"
down_revision = "0001"

_COLUMNS = (
    "alter table dynamically_registered_clients add column previous_secret text not null default ''",
    "alter table dynamically_registered_clients add column previous_secret_until bigint not null default 0",
    "alter table dynamically_registered_clients add column previous_registration_token text not null default ''",
    "alter table dynamically_registered_clients add column previous_registration_token_until bigint not null default 0",
)


def upgrade() -> None:
    execute(_COLUMNS)
