"""The texts of sweeping, by the rules of `statements`. Each removes a bounded number, by an index of what it looks for.

`$1` is a time in epoch seconds, `$2` the most rows.
"""

from typing import Final

COUNT_OLD_SESSIONS: Final = "select count(*) from sessions where expires < $1"

REMOVE_OLD_SESSIONS: Final = """
    delete from sessions where id in (select s.id from sessions s where s.expires < $1 order by s.expires limit $2)
    returning id
"""

COUNT_OLD_REVOKED_TOKENS: Final = "select count(*) from revoked_tokens where expires < $1"

REMOVE_OLD_REVOKED_TOKENS: Final = """
    delete from revoked_tokens
    where token_id in (select r.token_id from revoked_tokens r where r.expires < $1 order by r.expires limit $2)
        and expires < $1
    returning token_id
"""

COUNT_OLD_INITIAL_TOKENS: Final = "select count(*) from initial_tokens where expires < $1"

REMOVE_OLD_INITIAL_TOKENS: Final = """
    delete from initial_tokens
    where id in (select t.id from initial_tokens t where t.expires < $1 order by t.expires limit $2)
    returning id
"""

COUNT_OLD_GRANTS: Final = "select count(*) from delegations where expires < $1"

# what the next text removes is where an instance's last use is known from
NOTE_LAST_USE_OF_OLD: Final = """
    update dynamically_registered_clients
    set last_used = (select max(u.rotated_at) from delegations u
        where u.client_id = dynamically_registered_clients.client_id and ' ' || u.scope || ' ' not like '% dcr %')
    where client_id in (select g.client_id from delegations g where g.expires < $1 order by g.expires limit $2)
        and last_used < (select max(u.rotated_at) from delegations u
            where u.client_id = dynamically_registered_clients.client_id and ' ' || u.scope || ' ' not like '% dcr %')
    returning client_id
"""

REMOVE_OLD_GRANTS: Final = """
    delete from delegations
    where id in (select g.id from delegations g where g.expires < $1 order by g.expires limit $2) and expires < $1
    returning id
"""

COUNT_DEAD_GRANTS: Final = """
    select count(*) from delegations where status <> 'active' and updated < $1 and scope <> 'dcr'
"""

# what the next text removes is where an instance's last use is known from
NOTE_LAST_USE: Final = """
    update dynamically_registered_clients
    set last_used = (select max(u.rotated_at) from delegations u
        where u.client_id = dynamically_registered_clients.client_id and ' ' || u.scope || ' ' not like '% dcr %')
    where client_id in (select g.client_id from delegations g
            where g.status <> 'active' and g.updated < $1 and g.scope <> 'dcr' order by g.updated limit $2)
        and last_used < (select max(u.rotated_at) from delegations u
            where u.client_id = dynamically_registered_clients.client_id and ' ' || u.scope || ' ' not like '% dcr %')
    returning client_id
"""

REMOVE_DEAD_GRANTS: Final = """
    delete from delegations
    where id in (select g.id from delegations g
            where g.status <> 'active' and g.updated < $1 and g.scope <> 'dcr' order by g.updated limit $2)
        and status <> 'active' and updated < $1 and scope <> 'dcr'
    returning id
"""

# an initial token's grant lies under the future instance's id; its end is counted from when it was made
COUNT_OLD_INITIAL_GRANTS: Final = "select count(*) from delegations where scope = 'dcr' and created < $1"

REMOVE_OLD_INITIAL_GRANTS: Final = """
    delete from delegations
    where id in (select g.id from delegations g where g.scope = 'dcr' and g.created < $1 limit $2) and scope = 'dcr'
    returning id
"""

COUNT_OLD_TOMBSTONES: Final = """
    select count(*) from dynamically_registered_clients
    where status <> 'active' and status in ('revoked', 'deleted', 'expired') and status_at < $1
"""

REMOVE_OLD_TOMBSTONES: Final = """
    delete from dynamically_registered_clients where client_id in (
        select i.client_id from dynamically_registered_clients i
        where i.status <> 'active' and i.status in ('revoked', 'deleted', 'expired') and i.status_at < $1
        limit $2)
    returning client_id
"""

COUNT_OLD_SIGN_IN_FAILURES: Final = "select count(*) from sign_in_failures where expires < $1"

REMOVE_OLD_SIGN_IN_FAILURES: Final = """
    delete from sign_in_failures
    where (name_hash, source_hash) in (
            select f.name_hash, f.source_hash from sign_in_failures f where f.expires < $1 order by f.expires limit $2)
        and expires < $1
    returning failures
"""

COUNT_OLD_CONSENTS: Final = "select count(*) from consents where expires < $1"

REMOVE_OLD_CONSENTS: Final = """
    delete from consents
    where (account_id, client_id) in (
            select k.account_id, k.client_id from consents k where k.expires < $1 order by k.expires limit $2)
        and expires < $1
    returning client_id
"""

# a page of the consents as they lie, and of each whether its person, client or template is gone or changed since: it
# can never stand again then, for generations only rise
LIST_DEAD_CONSENTS: Final = """
    select found.account_id, found.client_id,
        found.expires >= $3 and (coalesce(a.generation, -1) <> found.account_generation
            or coalesce(s.generation, i.generation, -1) <> found.client_generation
            or coalesce(t.generation, 0) <> found.template_generation)
    from (select c.account_id, c.client_id, c.account_generation, c.client_generation, c.template_generation, c.expires
        from consents c where (c.account_id, c.client_id) > ($1, $2)
        order by c.account_id, c.client_id limit $4) found
    left join accounts a on a.id = found.account_id
    left join clients s on s.client_id = found.client_id
    left join dynamically_registered_clients i on i.client_id = found.client_id
    left join client_templates t on t.template_id = i.instance_of_client
    order by found.account_id, found.client_id
"""

# of the same page; a consent that was given anew meanwhile has another time, and stays
REMOVE_DEAD_CONSENTS: Final = """
    delete from consents
    where (account_id, client_id, created) in (
        select k.account_id, k.client_id, k.created from consents k
        left join accounts a on a.id = k.account_id
        left join clients s on s.client_id = k.client_id
        left join dynamically_registered_clients i on i.client_id = k.client_id
        left join client_templates t on t.template_id = i.instance_of_client
        where (k.account_id, k.client_id) > ($1, $2) and (k.account_id, k.client_id) <= ($3, $4)
            and (coalesce(a.generation, -1) <> k.account_generation
                or coalesce(s.generation, i.generation, -1) <> k.client_generation
                or coalesce(t.generation, 0) <> k.template_generation))
    returning client_id
"""

# a page of the instances as they lie, and of each whether nobody uses it: so much is read and no more. An initial
# token's grant lies under the instance's id and is no use of it, also when the token was asked for beside others
LIST_IDLE: Final = """
    select i.client_id, i.attributes, t.attributes, t.settings,
        i.last_used > 0 or exists (
            select 1 from delegations u where u.client_id = i.client_id and ' ' || u.scope || ' ' not like '% dcr %'),
        i.status = 'active' and i.created < $1
        and (i.last_used = 0 or (i.last_used < $2 and i.created < $2))
        and not exists (
            select 1 from delegations g where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'
                and (g.rotated_at >= $2 or i.created >= $2))
    from (select c.client_id, c.attributes, c.instance_of_client, c.status, c.created, c.last_used
        from dynamically_registered_clients c where c.client_id > $3 order by c.client_id limit $4) i
    left join client_templates t on t.template_id = i.instance_of_client
    order by i.client_id
"""
