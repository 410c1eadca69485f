"""Templates, settings of static clients, initial tokens, revoked tokens, audit, and answers that can be given again.

New tables, and columns with defaults only, so that the release before this one goes on inserting and updating.
"""

from keyfob_server.storage.migrations.texts import execute, execute_by_engine

revision = "0003"
down_revision = "0002"

_TABLES = (
    """
    create table client_templates (
        template_id text not null primary key,
        status text not null,
        generation bigint not null,
        version bigint not null,
        attributes text not null,
        settings text not null,
        created bigint not null,
        updated bigint not null
    )
    """,
    """
    create table client_template_versions (
        template_id text not null,
        version bigint not null,
        attributes text not null,
        settings text not null,
        changed_by text not null,
        reason text not null,
        created bigint not null,
        primary key (template_id, version)
    )
    """,
    """
    create table initial_tokens (
        id text not null primary key,
        status text not null,
        uses_left bigint,
        uses bigint not null,
        account_id text not null,
        template_id text not null,
        attributes text not null,
        issued_by text not null,
        created bigint not null,
        updated bigint not null,
        expires bigint not null
    )
    """,
    """
    create table revoked_tokens (
        client_id text not null,
        token_id text not null,
        expires bigint not null,
        primary key (client_id, token_id)
    )
    """,
    """
    create table audit (
        id text not null primary key,
        created bigint not null,
        event text not null,
        subject_kind text not null,
        subject_id text not null,
        actor text not null,
        origin text not null,
        reason text not null,
        before text not null,
        after text not null,
        seal_number bigint,
        seal text
    )
    """,
    "create index audit_by_subject on audit (subject_kind, subject_id, id)",
    "create unique index audit_by_seal_number on audit (seal_number)",
    "create index audit_without_a_seal on audit (id) where seal is null",
    "create index sessions_by_expires on sessions (expires)",
    "create index revoked_tokens_by_expires on revoked_tokens (expires)",
    "create index initial_tokens_by_expires on initial_tokens (expires)",
    "create index delegations_by_expires on delegations (expires)",
    "create index delegations_dead on delegations (updated) where status <> 'active'",
    "create index delegations_initial on delegations (created) where scope = 'dcr'",
    "create index instances_off on dynamically_registered_clients (status_at) where status <> 'active'",
    "alter table clients add column settings text not null default '{}'",
    "alter table delegations add column template_generation bigint not null default 0",
    "alter table dynamically_registered_clients add column idempotency_hash text not null default ''",
    "alter table dynamically_registered_clients add column idempotency_until bigint not null default 0",
    "alter table dynamically_registered_clients add column request_hash text not null default ''",
    "alter table dynamically_registered_clients add column last_used bigint not null default 0",
    "create index instances_by_template on dynamically_registered_clients (instance_of_client, client_id)",
)

_TRIGGERS = (
    """
    create trigger client_templates_status_by_hand after update of status on client_templates
    when new.status is not old.status and new.generation = old.generation
    begin
        update client_templates set generation = new.generation + 1, updated = cast(strftime('%s', 'now') as integer)
        where template_id = new.template_id;
    end
    """,
    """
    create trigger instances_status_by_hand_audit after update of status on dynamically_registered_clients
    when new.status is not old.status and new.generation = old.generation
    begin
        insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
        values (printf('%014x', cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000)
            || lower(hex(randomblob(9))),
            cast(strftime('%s', 'now') as integer), 'instance.changed_by_hand', 'instance', new.client_id, 'database',
            '', '', old.status, new.status);
    end
    """,
    """
    create trigger accounts_status_by_hand_audit after update of status on accounts
    when new.status is not old.status and new.generation = old.generation
    begin
        insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
        values (printf('%014x', cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000)
            || lower(hex(randomblob(9))),
            cast(strftime('%s', 'now') as integer), 'account.changed_by_hand', 'account', new.user_name, 'database',
            '', '', old.status, new.status);
    end
    """,
    """
    create trigger clients_status_by_hand_audit after update of status on clients
    when new.status is not old.status and new.generation = old.generation
    begin
        insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
        values (printf('%014x', cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000)
            || lower(hex(randomblob(9))),
            cast(strftime('%s', 'now') as integer), 'client.changed_by_hand', 'client', new.client_id, 'database',
            '', '', old.status, new.status);
    end
    """,
    """
    create trigger client_templates_status_by_hand_audit after update of status on client_templates
    when new.status is not old.status and new.generation = old.generation
    begin
        insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
        values (printf('%014x', cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000)
            || lower(hex(randomblob(9))),
            cast(strftime('%s', 'now') as integer), 'template.changed_by_hand', 'template', new.template_id, 'database',
            '', '', old.status, new.status);
    end
    """,
)


# PostgreSQL fires triggers in the order of their names: the audit's comes before the one that raises the generation
_POSTGRESQL_TRIGGERS = (
    """
    create trigger client_templates_status_by_hand before update of status on client_templates for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_status_by_hand()
    """,
    """
    create function keyfob_audit_by_hand() returns trigger language plpgsql as $$
    begin
        insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
        values (lpad(to_hex(cast(floor(extract(epoch from statement_timestamp()) * 1000) as bigint) * 1000), 14, '0')
            || substr(replace(cast(gen_random_uuid() as text), '-', ''), 1, 18),
            keyfob_now(), tg_argv[0] || '.changed_by_hand', tg_argv[0], to_jsonb(new) ->> tg_argv[1], 'database',
            '', '', old.status, new.status);
        return new;
    end $$
    """,
    """
    create trigger instances_audit_by_hand before update of status on dynamically_registered_clients for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_audit_by_hand('instance', 'client_id')
    """,
    """
    create trigger accounts_audit_by_hand before update of status on accounts for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_audit_by_hand('account', 'user_name')
    """,
    """
    create trigger clients_audit_by_hand before update of status on clients for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_audit_by_hand('client', 'client_id')
    """,
    """
    create trigger client_templates_audit_by_hand before update of status on client_templates for each row
    when (new.status is distinct from old.status and new.generation = old.generation)
    execute function keyfob_audit_by_hand('template', 'template_id')
    """,
)


def upgrade() -> None:
    execute(_TABLES)
    execute_by_engine(sqlite=_TRIGGERS, postgresql=_POSTGRESQL_TRIGGERS)
