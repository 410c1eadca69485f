"""Accounts, sessions, clients, instances, grants, keys, settings.

Status triggers: whoever changes a status by hand need not know of generations. They use nothing but the engine's own
functions, so that they work in every program that opens the database.
"""

from keyfob_server.storage.migrations.texts import execute, execute_by_engine

revision = "0001"
down_revision = None

_TABLES = (
    """
    create table accounts (
        id text not null primary key,
        user_name text not null,
        status text not null,
        generation bigint not null,
        name text not null,
        given_name text not null,
        family_name text not null,
        email text not null,
        email_verified boolean not null,
        phone_number text not null,
        phone_number_verified boolean not null,
        roles text not null,
        created bigint not null,
        updated bigint not null
    )
    """,
    "create unique index accounts_by_user_name on accounts (user_name)",
    """
    create table credentials (
        account_id text not null,
        kind text not null,
        secret_hash text not null,
        created bigint not null,
        updated bigint not null,
        primary key (account_id, kind)
    )
    """,
    """
    create table sessions (
        id text not null primary key,
        account_id text not null,
        account_generation bigint not null,
        authentication text not null,
        status text not null,
        created bigint not null,
        seen_at bigint not null,
        expires bigint not null
    )
    """,
    """
    create table clients (
        client_id text not null primary key,
        client_secret text not null,
        secret_expires_at bigint not null,
        attributes text not null,
        registration_client boolean not null,
        any_loopback_port boolean not null,
        status text not null,
        generation bigint not null,
        created bigint not null,
        updated bigint not null
    )
    """,
    """
    create table dynamically_registered_clients (
        client_id text not null primary key,
        client_secret text not null,
        instance_of_client text,
        created bigint not null,
        updated bigint not null,
        initial_client text not null,
        authenticated_user text not null,
        attributes text not null,
        status text not null,
        scope text not null,
        redirect_uris text not null,
        grant_types text not null,
        account_id text not null,
        generation bigint not null,
        status_by text not null,
        status_at bigint,
        status_reason text not null,
        secret_expires_at bigint not null,
        registration_token text not null,
        registration_token_expires_at bigint not null
    )
    """,
    "create index instances_by_owner on dynamically_registered_clients (account_id, client_id)",
    """
    create table delegations (
        client_id text not null,
        id text not null,
        account_id text not null,
        scope text not null,
        status text not null,
        status_reason text not null,
        generation bigint not null,
        access_generation bigint not null,
        client_generation bigint not null,
        account_generation bigint not null,
        refresh_counter bigint not null,
        salt blob not null,
        authentication text not null,
        session_id text,
        created bigint not null,
        updated bigint not null,
        rotated_at bigint not null,
        expires bigint not null,
        primary key (client_id, id)
    )
    """,
    """
    create table signing_keys (
        kid text not null primary key,
        alg text not null,
        public_jwk text not null,
        wrapped_private blob not null,
        created bigint not null,
        signs_from bigint not null,
        retired_at bigint,
        attributes text not null
    )
    """,
    "create table settings (name text not null primary key, value text not null, created bigint not null)",
)

_TRIGGERS = (
    """
    create trigger accounts_status_by_hand after update of status on accounts
    when new.status is not old.status and new.generation = old.generation
    begin
        update accounts set generation = new.generation + 1, updated = cast(strftime('%s', 'now') as integer)
        where id = new.id;
    end
    """,
    """
    create trigger clients_status_by_hand after update of status on clients
    when new.status is not old.status and new.generation = old.generation
    begin
        update clients set generation = new.generation + 1, updated = cast(strftime('%s', 'now') as integer)
        where client_id = new.client_id;
    end
    """,
    """
    create trigger instances_status_by_hand after update of status on dynamically_registered_clients
    when new.status is not old.status and new.generation = old.generation
    begin
        update dynamically_registered_clients
        set generation = new.generation + 1, updated = cast(strftime('%s', 'now') as integer),
            status_by = 'database', status_at = cast(strftime('%s', 'now') as integer), status_reason = ''
        where client_id = new.client_id;
    end
    """,
    """
    create trigger delegations_status_by_hand after update of status on delegations
    when new.status is not old.status and new.generation = old.generation
    begin
        update delegations
        set generation = new.generation + 1, updated = cast(strftime('%s', 'now') as integer), status_reason = ''
        where client_id = new.client_id and id = new.id;
    end
    """,
)


# the time of a statement is one for all its rows, and an index can serve a comparison with it
_POSTGRESQL_FUNCTIONS = (
    """
    create function keyfob_now() returns bigint language sql stable parallel safe
    return cast(floor(extract(epoch from statement_timestamp())) as bigint)
    """,
    """
    create function keyfob_status_by_hand() returns trigger language plpgsql as $$
    begin
        new.generation = old.generation + 1;
        new.updated = keyfob_now();
        return new;
    end $$
    """,
    """
    create function keyfob_instance_status_by_hand() returns trigger language plpgsql as $$
    begin
        new.generation = old.generation + 1;
        new.updated = keyfob_now();
        new.status_by = 'database';
        new.status_at = keyfob_now();
        new.status_reason = '';
        return new;
    end $$
    """,
    """
    create function keyfob_grant_status_by_hand() returns trigger language plpgsql as $$
    begin
        new.generation = old.generation + 1;
        new.updated = keyfob_now();
        new.status_reason = '';
        return new;
    end $$
    """,
)

_POSTGRESQL_TRIGGERS = (
    """
    create trigger accounts_status_by_hand before update of status on accounts for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_status_by_hand()
    """,
    """
    create trigger clients_status_by_hand before update of status on clients for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_status_by_hand()
    """,
    """
    create trigger instances_status_by_hand before update of status on dynamically_registered_clients for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_instance_status_by_hand()
    """,
    """
    create trigger delegations_status_by_hand before update of status on delegations for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_grant_status_by_hand()
    """,
)


def upgrade() -> None:
    execute(_TABLES)
    execute_by_engine(sqlite=_TRIGGERS, postgresql=_POSTGRESQL_FUNCTIONS + _POSTGRESQL_TRIGGERS)
