"""The texts of what owners do with their instances, by the rules of `statements`.

A device has the same columns in each text that reads one; where the session's number stands is all that differs.
"""

from typing import Final

LIST_DEVICES: Final = """
    select i.client_id, i.attributes, t.attributes, i.status,
        case when i.instance_of_client is null then '' else coalesce(t.status, 'missing') end, i.status_at, i.created,
        (select min(g.created) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'),
        coalesce((select max(g.rotated_at) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0)),
        (select count(*) from delegations g where g.client_id = i.client_id and g.session_id = $4)
    from dynamically_registered_clients i
    left join client_templates t on t.template_id = i.instance_of_client
    where i.account_id = $1 and i.client_id < $2
        and (i.status not in ('revoked', 'deleted', 'expired') or i.status_at > keyfob_now() - $3)
    order by i.client_id desc limit $5
"""

FIND_DEVICE: Final = """
    select i.client_id, i.attributes, t.attributes, i.status,
        case when i.instance_of_client is null then '' else coalesce(t.status, 'missing') end, i.status_at, i.created,
        (select min(g.created) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'),
        coalesce((select max(g.rotated_at) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0)),
        (select count(*) from delegations g where g.client_id = i.client_id and g.session_id = $3)
    from dynamically_registered_clients i
    left join client_templates t on t.template_id = i.instance_of_client
    where i.client_id = $1 and i.account_id = $2
"""

LIST_LONGEST_UNUSED: Final = """
    select i.client_id, i.attributes, t.attributes, i.status,
        case when i.instance_of_client is null then '' else coalesce(t.status, 'missing') end, i.status_at, i.created,
        (select min(g.created) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'),
        coalesce((select max(g.rotated_at) from delegations g
            where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0)),
        (select count(*) from delegations g where g.client_id = i.client_id and g.session_id = $3)
    from dynamically_registered_clients i
    left join client_templates t on t.template_id = i.instance_of_client
    where i.account_id = $1 and i.account_id <> '' and coalesce(i.instance_of_client, '') = $2
        and i.status not in ('revoked', 'deleted', 'expired')
    order by coalesce((select max(g.rotated_at) from delegations g
        where g.client_id = i.client_id and ' ' || g.scope || ' ' not like '% dcr %'), nullif(i.last_used, 0),
        i.created), i.client_id
    limit $4
"""

READ_DEVICE_DOCUMENT: Final = """
    select i.attributes from dynamically_registered_clients i
    where i.client_id = $1 and i.account_id = $2 and i.status not in ('revoked', 'deleted', 'expired')
"""

# the whole document is the condition, so that what the app changed meanwhile is not taken back
RENAME_DEVICE: Final = """
    update dynamically_registered_clients set attributes = $4, updated = keyfob_now()
    where client_id = $1 and account_id = $2 and attributes = $3 and status not in ('revoked', 'deleted', 'expired')
    returning client_id
"""

# a bounded number at a time, whatever somebody made
END_OTHER_SESSIONS: Final = """
    update sessions set status = 'ended'
    where id in (select s.id from sessions s
        where s.account_id = $1 and s.id <> $2 and s.status = 'active' order by s.id limit $3)
    returning id
"""
