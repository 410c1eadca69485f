"""Failed sign-ins, by hashes of the user name and of where they come from.

A new table only, so that the release before this one goes on as it was.
"""

from keyfob_server.storage.migrations.texts import execute

revision = "0004"
down_revision = "0003"

_TEXTS = (
    """
    create table sign_in_failures (
        name_hash text not null,
        source_hash text not null,
        failures bigint not null,
        delay_s bigint not null,
        counted bigint not null,
        expires bigint not null,
        primary key (name_hash, source_hash)
    )
    """,
    "create index sign_in_failures_by_expiry on sign_in_failures (expires)",
)


def upgrade() -> None:
    execute(_TEXTS)
