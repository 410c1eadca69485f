"""What people allowed apps to do.

A new table only, so that the release before this one goes on as it was: it asks each time.
"""

from keyfob_server.storage.migrations.texts import execute

revision = "0005"
down_revision = "0004"

_TEXTS = (
    """
    create table consents (
        account_id text not null,
        client_id text not null,
        scope text not null,
        redirect_hash text not null,
        account_generation bigint not null,
        client_generation bigint not null,
        template_generation bigint not null,
        created bigint not null,
        expires bigint not null,
        primary key (account_id, client_id)
    )
    """,
    "create index consents_by_expiry on consents (expires)",
)


def upgrade() -> None:
    execute(_TEXTS)
