"""The texts that say how much more a person may register, by the rules of `statements`."""

from typing import Final

# what is counted, and for how long, is as in LOAD_FOR_REGISTRATION, which counts again when the registration comes
COUNT_INSTANCES: Final = """
    select coalesce(instance_of_client, ''),
        sum(case when status not in ('revoked', 'deleted', 'expired') then 1 else 0 end),
        sum(case when created > keyfob_now() - 86400 then 1 else 0 end),
        min(case when created > keyfob_now() - 86400 then created end)
    from dynamically_registered_clients where account_id = $1 and account_id <> ''
    group by coalesce(instance_of_client, '') order by 2 desc, 1 limit $2
"""

LIST_OPEN_TEMPLATES: Final = """
    select template_id from client_templates where template_id > $1 and status = 'active' order by template_id limit $2
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
