"""One portable SQL text for each verb: SQLite and PostgreSQL run the same ones.

Parameters are `$1`, `$2`, ...; the time is `keyfob_now()`. No text writes two tables, each write returns a row when it
took effect, and each read brings one row or has a limit.
"""

from typing import Final

ADD_GRANT: Final = """
    insert into delegations (client_id, id, account_id, scope, status, status_reason, generation, access_generation,
        client_generation, account_generation, template_generation, authentication, salt, created, updated,
        rotated_at, expires, refresh_counter, session_id)
    values ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, $10, $11, $12, $13, $13, $14, $15, $16, $17)
    on conflict (client_id, id) do nothing
    returning client_id, id
"""

# it touches no column of an index (`updated` is one): PostgreSQL then writes the row alone, and no index entry
ROTATE_GRANT: Final = """
    update delegations set refresh_counter = $6, rotated_at = $5
    where client_id = $1 and id = $2 and refresh_counter = $3 and generation = $4 and status = 'active'
    returning client_id, id
"""

REVOKE_GRANT: Final = """
    update delegations
    set status = 'revoked', status_reason = $3, generation = generation + 1, updated = keyfob_now()
    where client_id = $1 and id = $2 and status <> 'revoked'
        and (cast($4 as bigint) is null or refresh_counter = cast($4 as bigint))
    returning generation
"""

REVOKE_ACCESS: Final = """
    update delegations set access_generation = access_generation + 1, updated = keyfob_now()
    where client_id = $1 and id = $2 and access_generation = $3 and status = 'active'
    returning access_generation
"""

ADD_INSTANCE: Final = """
    insert into dynamically_registered_clients (client_id, client_secret, created, updated, initial_client,
        authenticated_user, attributes, status, scope, redirect_uris, grant_types, account_id, generation, status_by,
        status_reason, secret_expires_at, registration_token, registration_token_expires_at, instance_of_client,
        idempotency_hash, idempotency_until, request_hash, token_limits)
    values ($1, $2, $3, $3, $4, $5, $6, 'active', $7, $8, $9, $10, 1, '', '', $11, $12, $13, $14, $15, $16, $17, $18)
    on conflict (client_id) do nothing
    returning client_id
"""

FIND_SIGN_IN: Final = """
    select keyfob_now(), c.secret_hash,
        a.id, a.user_name, a.status, a.generation, a.created, a.name, a.given_name, a.family_name,
        a.email, a.email_verified, a.phone_number, a.phone_number_verified, a.roles
    from (select cast($1 as text) as user_name) p
    left join accounts a on a.user_name = p.user_name
    left join credentials c on c.account_id = a.id and c.kind = 'password'
"""

REPLACE_PASSWORD_HASH: Final = """
    update credentials set secret_hash = $3, updated = keyfob_now()
    where account_id = $1 and kind = 'password' and secret_hash = $2
    returning account_id
"""

ADD_SESSION: Final = """
    insert into sessions (id, account_id, account_generation, authentication, status, created, seen_at, expires)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (id) do nothing
    returning id
"""

TOUCH_SESSION: Final = """
    update sessions set seen_at = $2 where id = $1 and seen_at < $2 and status = 'active' returning seen_at
"""

END_SESSION: Final = """
    update sessions set status = 'ended' where id = $1 and status = 'active' returning id
"""

END_SESSIONS_OF_INSTANCE: Final = """
    update sessions set status = 'ended'
    where status = 'active' and id in (select g.session_id from delegations g where g.client_id = $1)
    returning id
"""

ADD_ACCOUNT: Final = """
    insert into accounts (id, user_name, status, generation, created, updated, name, given_name, family_name, email,
        email_verified, phone_number, phone_number_verified, roles)
    values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict do nothing
    returning id
"""

PUT_PASSWORD: Final = """
    insert into credentials (account_id, kind, secret_hash, created, updated)
    select id, 'password', cast($2 as text), keyfob_now(), keyfob_now() from accounts where user_name = $1
    on conflict (account_id, kind) do update set secret_hash = excluded.secret_hash, updated = excluded.updated
    returning account_id
"""

RAISE_ACCOUNT_GENERATION: Final = """
    update accounts set generation = generation + 1, updated = keyfob_now() where user_name = $1 returning generation
"""

SET_ACCOUNT_STATUS: Final = """
    update accounts set status = $2, generation = generation + 1, updated = keyfob_now() where user_name = $1
    returning generation
"""

LIST_ACCOUNTS: Final = """
    select id, user_name, status, generation, created, name, given_name, family_name, email, email_verified,
        phone_number, phone_number_verified, roles
    from accounts where user_name > $1 order by user_name limit $2
"""

PUT_STATIC_CLIENT: Final = """
    insert into clients (client_id, client_secret, secret_expires_at, attributes, settings, registration_client,
        any_loopback_port, status, generation, created, updated)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $9)
    on conflict (client_id) do update set client_secret = excluded.client_secret,
        secret_expires_at = excluded.secret_expires_at, attributes = excluded.attributes,
        settings = excluded.settings, registration_client = excluded.registration_client,
        any_loopback_port = excluded.any_loopback_port,
        status = excluded.status, generation = clients.generation + 1, updated = excluded.updated
    where clients.client_secret <> excluded.client_secret
        or clients.secret_expires_at <> excluded.secret_expires_at
        or clients.attributes <> excluded.attributes
        or clients.settings <> excluded.settings
        or clients.registration_client <> excluded.registration_client
        or clients.any_loopback_port <> excluded.any_loopback_port
        or clients.status <> excluded.status
    returning generation
"""

RETIRE_REGISTRATION_CLIENTS: Final = """
    update clients set status = 'retired', generation = generation + 1, updated = keyfob_now()
    where registration_client and status = 'active' and client_id <> $1
        and settings like '%"named_by_settings":true%'
    returning generation
"""

# an initial token's grant lies under the future instance's id: it holds `dcr`, which no instance can, and counts not
FIND_INSTANCE: Final = """
    select i.client_id, i.attributes, i.authenticated_user, i.status, i.status_reason, i.status_by, i.status_at,
        coalesce(i.instance_of_client, ''), i.initial_client, i.scope, i.created, i.updated,
        coalesce((select max(g.rotated_at) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0))
    from dynamically_registered_clients i where i.client_id = $1
"""

LIST_INSTANCES: Final = """
    select i.client_id, i.attributes, i.authenticated_user, i.status, i.status_reason, i.status_by, i.status_at,
        coalesce(i.instance_of_client, ''), i.initial_client, i.scope, i.created, i.updated,
        coalesce((select max(g.rotated_at) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0))
    from dynamically_registered_clients i where i.client_id > $1 order by i.client_id limit $2
"""

LIST_INSTANCES_OF: Final = """
    select i.client_id, i.attributes, i.authenticated_user, i.status, i.status_reason, i.status_by, i.status_at,
        coalesce(i.instance_of_client, ''), i.initial_client, i.scope, i.created, i.updated,
        coalesce((select max(g.rotated_at) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0))
    from dynamically_registered_clients i
    where i.account_id = (select a.id from accounts a where a.user_name = $1) and i.client_id > $2
    order by i.client_id limit $3
"""

SET_INSTANCE_STATUS: Final = """
    update dynamically_registered_clients
    set status = $2, status_by = $3, status_reason = $4, status_at = keyfob_now(), generation = generation + 1,
        attributes = coalesce(cast($5 as text), attributes), updated = keyfob_now()
    where client_id = $1 and status not in ('revoked', 'deleted', 'expired')
    returning keyfob_now(), (select count(*) from delegations g
        where g.client_id = $1 and g.status = 'active' and g.expires > keyfob_now()
            and g.client_generation = dynamically_registered_clients.generation - 1
            and ' ' || g.scope || ' ' not like '% dcr %')
"""

LIST_SIGNING_KEYS: Final = """
    select kid, alg, public_jwk, wrapped_private, created, signs_from, retired_at, attributes
    from signing_keys order by created, kid limit $1
"""

ADD_SIGNING_KEY: Final = """
    insert into signing_keys (kid, alg, public_jwk, wrapped_private, created, signs_from, retired_at, attributes)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (kid) do nothing
    returning kid
"""

# of several servers that start at once, one makes the key
ADD_FIRST_SIGNING_KEY: Final = """
    insert into signing_keys (kid, alg, public_jwk, wrapped_private, created, signs_from, retired_at, attributes)
    select cast($1 as text), cast($2 as text), cast($3 as text), $4, cast($5 as bigint), cast($6 as bigint),
        cast($7 as bigint), cast($8 as text)
    where not exists (select 1 from signing_keys k where k.alg = cast($2 as text) and k.signs_from <= cast($6 as bigint)
        and (k.retired_at is null or k.retired_at > cast($6 as bigint)))
    returning kid
"""

GET_SETTING: Final = "select value from settings where name = $1"

# the first value stands: the update that changes nothing makes the row come back in either case
ADD_SETTING: Final = """
    insert into settings (name, value, created) values ($1, $2, keyfob_now())
    on conflict (name) do update set name = excluded.name
    returning value
"""

PING: Final = "select keyfob_now(), (select count(*) from signing_keys where kid = '')"
