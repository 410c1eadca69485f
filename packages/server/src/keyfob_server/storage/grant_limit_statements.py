"""The text that keeps a person's grants at one app few, by the rules of `statements`."""

from typing import Final

# ids grow with time; an initial token's grant lies under the future instance's id and holds `dcr`: it counts not
REVOKE_SURPLUS_GRANTS: Final = """
    update delegations
    set status = 'revoked', status_reason = $4, generation = generation + 1, updated = keyfob_now()
    where client_id = $1 and status = 'active' and id in (
        select g.id from delegations g
        where g.client_id = $1 and g.account_id = $2 and g.status = 'active'
            and ' ' || g.scope || ' ' not like '% dcr %'
        order by g.id desc limit 1000 offset $3)
    returning id
"""
