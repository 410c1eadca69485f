"""The texts of consents, by the rules of `statements`."""

from typing import Final

FIND_CONSENT: Final = """
    select account_id, client_id, scope, redirect_hash, client_generation, account_generation, template_generation,
        created, expires
    from consents where account_id = $1 and client_id = $2
"""

PUT_CONSENT: Final = """
    insert into consents (account_id, client_id, scope, redirect_hash, client_generation, account_generation,
        template_generation, created, expires)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (account_id, client_id) do update set scope = excluded.scope, redirect_hash = excluded.redirect_hash,
        client_generation = excluded.client_generation, account_generation = excluded.account_generation,
        template_generation = excluded.template_generation, created = excluded.created, expires = excluded.expires
    returning account_id
"""

# of what does not stand any more nothing is shown: the next request asks anyway
LIST_AGREED_APPS: Final = """
    select k.client_id, coalesce(s.attributes, i.attributes), t.attributes, k.scope, k.created, k.expires
    from consents k
    left join accounts a on a.id = k.account_id
    left join clients s on s.client_id = k.client_id
    left join dynamically_registered_clients i on i.client_id = k.client_id
    left join client_templates t on t.template_id = i.instance_of_client
    where k.account_id = $1 and k.client_id > $2 and k.expires > keyfob_now() and k.created > keyfob_now() - $3
        and a.generation = k.account_generation and coalesce(s.generation, i.generation) = k.client_generation
        and coalesce(t.generation, 0) = k.template_generation
    order by k.client_id limit $4
"""

END_GRANTS_OF_CONSENT: Final = """
    update delegations
    set status = 'revoked', status_reason = $3, generation = generation + 1, updated = keyfob_now()
    where client_id = $2 and account_id = $1 and status = 'active' and scope <> 'dcr'
    returning id
"""

REMOVE_CONSENT: Final = "delete from consents where account_id = $1 and client_id = $2 returning client_id"
