"""The texts of the audit, by the rules of `statements`.

Those that end in `_ACT` read what was before in the transaction of the change that follows them, and bring no row when
there is nothing to change: then nothing is written at all.
"""

from typing import Final

ADD_AUDIT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    values ($1, keyfob_now(), $2, $3, $4, $5, $6, $7, $8, $9)
    returning id
"""

INSTANCE_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text), keyfob_now(), cast($2 as text), 'instance', i.client_id, cast($3 as text),
        cast($4 as text), cast($5 as text), i.status, cast($6 as text)
    from dynamically_registered_clients i
    where i.client_id = $7 and i.status not in ('revoked', 'deleted', 'expired')
    returning id
"""

GRANT_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text), keyfob_now(), cast($2 as text), 'grant', g.client_id || ' ' || g.id, cast($3 as text),
        cast($4 as text), cast($5 as text), g.status, cast($6 as text)
    from delegations g
    where g.client_id = $7 and g.id = $8 and g.status <> 'revoked'
        and (cast($9 as bigint) is null or g.refresh_counter = cast($9 as bigint))
    returning id
"""

RETIREMENT_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text) || ' ' || c.client_id, keyfob_now(), 'client.retired', 'client', c.client_id,
        cast($2 as text), '', 'not named by the settings', c.status, 'retired'
    from clients c where c.registration_client and c.status = 'active' and c.client_id <> $3
        and c.settings like '%"named_by_settings":true%'
    returning id
"""

ACCOUNT_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text), keyfob_now(), cast($2 as text), 'account', a.user_name, cast($3 as text),
        cast($4 as text), cast($5 as text), a.status, cast($6 as text)
    from accounts a where a.user_name = $7
    returning id
"""

CONSENT_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text), keyfob_now(), cast($2 as text), 'account', cast($6 as text), cast($3 as text),
        cast($4 as text), cast($5 as text), k.client_id || ': ' || k.scope, ''
    from consents k where k.account_id = $7 and k.client_id = $8
    returning id
"""

LIST_AUDIT: Final = """
    select id, created, event, subject_kind, subject_id, actor, origin, reason, before, after
    from audit where id > $1 order by id limit $2
"""

LIST_AUDIT_BACKWARDS: Final = """
    select id, created, event, subject_kind, subject_id, actor, origin, reason, before, after
    from audit where id < $1 order by id desc limit $2
"""

LIST_AUDIT_OF: Final = """
    select id, created, event, subject_kind, subject_id, actor, origin, reason, before, after
    from audit where subject_kind = $1 and subject_id = $2 and id < $3 order by id desc limit $4
"""

LIST_UNSEALED: Final = """
    select id, created, event, subject_kind, subject_id, actor, origin, reason, before, after
    from audit where seal is null order by id limit $1
"""

LIST_SEALED: Final = """
    select seal_number, seal, id, created, event, subject_kind, subject_id, actor, origin, reason, before, after
    from audit where seal_number > $1 order by seal_number limit $2
"""

LAST_SEAL: Final = "select seal_number, seal from audit where seal_number is not null order by seal_number desc limit 1"

# the unique index on the number is the last word; here a loser of the race is told without an error
SEAL: Final = """
    update audit set seal_number = $2, seal = $3
    where id = $1 and seal is null and not exists (select 1 from audit a where a.seal_number = $2)
    returning id
"""

COUNT_UNSEALED: Final = "select count(*) from audit where seal is null"
