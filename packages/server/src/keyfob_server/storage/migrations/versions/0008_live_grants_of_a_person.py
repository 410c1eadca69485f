"""The grants that a person has at one app are found by the person, however many others the app has, and had.

An index only, so that the release before this one goes on as it was.
"""

from keyfob_server.storage.migrations.texts import execute

revision = "0008"
down_revision = "0007"

_INDEXES = ("create index delegations_live on delegations (client_id, account_id, id) where status = 'active'",)


def upgrade() -> None:
    execute(_INDEXES)
