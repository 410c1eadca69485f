"""The texts of an administrator's search, by the rules of `statements`.

Each looks at no more rows than a window of an index, whatever it is asked for, newest first; where its window ends, the
text of the same name with `_END` tells.
"""

from typing import Final

SEARCH_INSTANCES: Final = """
    select found.client_id, found.attributes, found.authenticated_user, found.status, found.status_reason,
        found.status_by, found.status_at, coalesce(found.instance_of_client, ''), found.initial_client, found.scope,
        found.created, found.updated,
        (select max(g.rotated_at) from delegations g
            where g.client_id = found.client_id and ' ' || g.scope || ' ' not like '% dcr %'),
        t.attributes
    from (select w.* from dynamically_registered_clients w where w.client_id >= $1 and w.client_id < $2
        order by w.client_id desc limit $3) found
    left join client_templates t on t.template_id = found.instance_of_client
    where (cast($4 as text) = '' or found.status = cast($4 as text))
        and (lower(found.attributes) like $5 escape '\\' or lower(t.attributes) like $5 escape '\\')
    order by found.client_id desc limit $6
"""

SEARCH_INSTANCES_END: Final = """
    select count(*), coalesce(min(found.client_id), '')
    from (select w.client_id from dynamically_registered_clients w where w.client_id >= $1 and w.client_id < $2
        order by w.client_id desc limit $3) found
"""

SEARCH_INSTANCES_OF_USER: Final = """
    select found.client_id, found.attributes, found.authenticated_user, found.status, found.status_reason,
        found.status_by, found.status_at, coalesce(found.instance_of_client, ''), found.initial_client, found.scope,
        found.created, found.updated,
        (select max(g.rotated_at) from delegations g
            where g.client_id = found.client_id and ' ' || g.scope || ' ' not like '% dcr %'),
        t.attributes
    from (select w.* from dynamically_registered_clients w where w.account_id in
            (select a.id from accounts a where a.user_name >= $1 and a.user_name < $2 order by a.user_name limit 20)
            and w.client_id < $3
        order by w.client_id desc limit $4) found
    left join client_templates t on t.template_id = found.instance_of_client
    where cast($5 as text) = '' or found.status = cast($5 as text)
    order by found.client_id desc limit $6
"""

SEARCH_INSTANCES_OF_USER_END: Final = """
    select count(*), coalesce(min(found.client_id), '')
    from (select w.client_id from dynamically_registered_clients w where w.account_id in
            (select a.id from accounts a where a.user_name >= $1 and a.user_name < $2 order by a.user_name limit 20)
            and w.client_id < $3
        order by w.client_id desc limit $4) found
"""

SEARCH_INSTANCES_OF_TEMPLATE: Final = """
    select found.client_id, found.attributes, found.authenticated_user, found.status, found.status_reason,
        found.status_by, found.status_at, coalesce(found.instance_of_client, ''), found.initial_client, found.scope,
        found.created, found.updated,
        (select max(g.rotated_at) from delegations g
            where g.client_id = found.client_id and ' ' || g.scope || ' ' not like '% dcr %'),
        t.attributes
    from (select w.* from dynamically_registered_clients w where w.instance_of_client = $1 and w.client_id < $2
        order by w.client_id desc limit $3) found
    left join client_templates t on t.template_id = found.instance_of_client
    where cast($4 as text) = '' or found.status = cast($4 as text)
    order by found.client_id desc limit $5
"""

SEARCH_INSTANCES_OF_TEMPLATE_END: Final = """
    select count(*), coalesce(min(found.client_id), '')
    from (select w.client_id from dynamically_registered_clients w where w.instance_of_client = $1 and w.client_id < $2
        order by w.client_id desc limit $3) found
"""

# newest first by the second is enough: the key is (client_id, id), and ids grow with time
LIST_GRANTS: Final = """
    select g.id, g.account_id, g.scope, g.status, g.status_reason, g.client_generation, g.account_generation,
        g.template_generation, g.refresh_counter, g.created, g.rotated_at, g.expires
    from delegations g where g.client_id = $1 and ' ' || g.scope || ' ' not like '% dcr %'
    order by g.id desc limit $2
"""
