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
