"""The texts of what happens to keys, and after a restore, by the rules of `statements`."""

from typing import Final

WITHDRAW_SIGNING_KEY: Final = """
    update signing_keys set retired_at = keyfob_now()
    where kid = $1 and (retired_at is null or retired_at > keyfob_now())
    returning kid
"""

REWRAP_SIGNING_KEY: Final = """
    update signing_keys set wrapped_private = $3 where kid = $1 and wrapped_private = $2 returning kid
"""

REPLACE_SETTING: Final = """
    insert into settings (name, value, created) values ($1, $2, keyfob_now())
    on conflict (name) do update set value = excluded.value, created = excluded.created
    returning name
"""

END_SOME_SESSIONS: Final = """
    update sessions set status = 'ended'
    where id in (select s.id from sessions s where s.status = 'active' order by s.id limit $1)
    returning id
"""

COUNT_BOUND_TO_KEY: Final = """
    select
        (select count(*) from dynamically_registered_clients i where i.client_secret like $1
            and i.status not in ('revoked', 'deleted', 'expired')),
        (select count(*) from dynamically_registered_clients i where i.registration_token like $1
            and i.status not in ('revoked', 'deleted', 'expired')),
        (select count(*) from clients c where c.client_secret like $1 and c.status <> 'retired'),
        (select count(*) from credentials c where c.kind = 'password' and c.secret_hash like $2)
"""

NEWEST_FACT: Final = """
    select coalesce(max(f.at), 0) from (
        select max(i.updated) as at from dynamically_registered_clients i
        union all select max(g.updated) from delegations g
        union all select max(g.rotated_at) from delegations g
        union all select max(a.updated) from accounts a
        union all select max(s.created) from sessions s
    ) f
"""
