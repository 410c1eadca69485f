"""The texts of initial tokens, and of registration by one, by the rules of `statements`."""

from typing import Final

# the columns of LOAD as they stand there, without a session; behind them what only a registration asks for
LOAD_FOR_REGISTRATION: Final = """
    select keyfob_now(),
        coalesce(s.client_id, i.client_id), s.client_id is not null, coalesce(s.status, i.status),
        coalesce(s.generation, i.generation), coalesce(s.attributes, i.attributes),
        coalesce(s.client_secret, i.client_secret), coalesce(s.secret_expires_at, i.secret_expires_at),
        i.previous_secret, i.previous_secret_until, i.account_id, s.settings, s.registration_client,
        s.any_loopback_port, i.idempotency_until, i.instance_of_client, it.status, it.generation, it.attributes,
        it.settings,
        a.id, a.user_name, a.status, a.generation, a.created, a.name, a.given_name, a.family_name,
        a.email, a.email_verified, a.phone_number, a.phone_number_verified, a.roles,
        g.client_id, g.id, g.account_id, g.scope, g.status, g.generation, g.access_generation, g.client_generation,
        g.account_generation, g.template_generation, g.authentication, g.salt, g.created, g.rotated_at, g.expires,
        g.refresh_counter, g.session_id,
        null, null, null, null, null, null, null, null,
        r.token_id is not null,
        n.id, n.status, n.uses_left, n.uses, n.account_id, n.template_id, n.attributes, n.issued_by, n.created,
        n.expires,
        t.template_id, t.status, t.generation, t.version, t.attributes, t.settings,
        x.client_id is not null,
        found.plain_live, found.plain_new, found.plain_oldest_new, found.live, found.new, found.oldest_new
    from (select cast($1 as text) as client_id, cast($2 as text) as account_id, cast($3 as text) as grant_client_id,
        cast($4 as text) as grant_id, cast($5 as text) as token_id, cast($6 as text) as template_id,
        cast($7 as text) as reserved) p
    cross join (
        select sum(case when instance_of_client is null and status not in ('revoked', 'deleted', 'expired')
                then 1 else 0 end) as plain_live,
            sum(case when instance_of_client is null and created > keyfob_now() - 86400
                then 1 else 0 end) as plain_new,
            min(case when instance_of_client is null and created > keyfob_now() - 86400
                then created end) as plain_oldest_new,
            sum(case when instance_of_client = $6 and status not in ('revoked', 'deleted', 'expired')
                then 1 else 0 end) as live,
            sum(case when instance_of_client = $6 and created > keyfob_now() - 86400 then 1 else 0 end) as new,
            min(case when instance_of_client = $6 and created > keyfob_now() - 86400 then created end) as oldest_new
        from dynamically_registered_clients where account_id = $2 and account_id <> ''
    ) found
    left join clients s on s.client_id = p.client_id
    left join dynamically_registered_clients i on i.client_id = p.client_id
    left join client_templates it on it.template_id = i.instance_of_client
    left join delegations g on g.client_id = p.grant_client_id and g.id = p.grant_id
    left join revoked_tokens r on r.client_id = p.client_id and r.token_id = p.token_id
    left join accounts a on a.id = p.account_id
    left join initial_tokens n on n.id = p.token_id
    left join client_templates t on t.template_id = p.template_id
    left join dynamically_registered_clients x on x.client_id = p.reserved
"""

# what is counted, and for how long, is as in LOAD_FOR_REGISTRATION
HAS_ROOM: Final = """
    select 1 from (
        select sum(case when status not in ('revoked', 'deleted', 'expired') then 1 else 0 end) as live,
            sum(case when created > keyfob_now() - 86400 then 1 else 0 end) as new
        from dynamically_registered_clients where account_id = $1 and coalesce(instance_of_client, '') = $2
    ) found
    where (cast($3 as bigint) = 0 or coalesce(found.live, 0) < cast($3 as bigint))
        and (cast($4 as bigint) = 0 or coalesce(found.new, 0) < cast($4 as bigint))
"""

ADD_INITIAL_TOKEN: Final = """
    insert into initial_tokens (id, status, uses_left, uses, account_id, template_id, attributes, issued_by, created,
        updated, expires)
    values ($1, $2, cast($3 as bigint), $4, $5, $6, $7, $8, $9, $9, $10)
    on conflict (id) do nothing
    returning id
"""

# a budget of null never ends, and its uses are counted all the same
USE_INITIAL_TOKEN: Final = """
    update initial_tokens set uses_left = uses_left - 1, uses = uses + 1, updated = keyfob_now()
    where id = $1 and status = 'active' and expires > keyfob_now() and (uses_left is null or uses_left > 0)
    returning uses
"""

REVOKE_INITIAL_TOKEN: Final = """
    update initial_tokens set status = 'revoked', updated = keyfob_now()
    where id = $1 and status = 'active'
    returning id
"""

FIND_INITIAL_TOKEN: Final = """
    select n.id, n.status, n.uses_left, n.uses, n.account_id, n.template_id, n.attributes, n.issued_by, n.created,
        n.expires, coalesce(a.user_name, '')
    from initial_tokens n left join accounts a on a.id = n.account_id
    where n.id = $1
"""

LIST_INITIAL_TOKENS: Final = """
    select n.id, n.status, n.uses_left, n.uses, n.account_id, n.template_id, n.attributes, n.issued_by, n.created,
        n.expires, coalesce(a.user_name, '')
    from initial_tokens n left join accounts a on a.id = n.account_id
    where n.id > $1 order by n.id limit $2
"""

REVOKE_CLIENT_TOKEN: Final = """
    insert into revoked_tokens (client_id, token_id, expires) values ($1, $2, $3)
    on conflict (client_id, token_id) do nothing
    returning token_id
"""

CLAIM_INSTANCE: Final = """
    update dynamically_registered_clients
    set account_id = $2, authenticated_user = $3, updated = keyfob_now()
    where client_id = $1 and account_id = '' and generation = $4 and status = 'active'
    returning client_id
"""

CLOSE_ANSWER: Final = """
    update dynamically_registered_clients set idempotency_until = 0
    where client_id = $1 and idempotency_until > 0
    returning client_id
"""
