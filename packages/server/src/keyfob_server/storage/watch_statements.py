"""The text of what a job counts, by the rules of `statements`."""

from typing import Final

# a page of the instances as they lie: so much is read and no more
COUNT_PAGE: Final = """
    select coalesce(i.instance_of_client, ''),
        sum(case when i.status in ('revoked', 'deleted', 'expired') then 0 else 1 end),
        max(i.client_id), count(*)
    from (select c.client_id, c.instance_of_client, c.status
        from dynamically_registered_clients c where c.client_id > $1 order by c.client_id limit $2) i
    group by coalesce(i.instance_of_client, '')
"""
