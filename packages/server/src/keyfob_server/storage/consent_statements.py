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
