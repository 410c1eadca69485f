"""The texts of an instance's life after its registration, by the rules of `statements`."""

from typing import Final

# the client's columns stand as in LOAD
LOAD_REGISTRATION: Final = """
    select keyfob_now(), i.client_id, false, i.status, i.generation, i.attributes, i.client_secret,
        i.secret_expires_at, i.previous_secret, i.previous_secret_until, i.account_id, null, null, null,
        i.idempotency_until, i.instance_of_client, t.status, t.generation, t.attributes, t.settings,
        i.registration_token, i.registration_token_expires_at, i.previous_registration_token,
        i.previous_registration_token_until, i.created, coalesce(a.status, ''), i.idempotency_hash,
        i.request_hash, t.version, i.token_limits
    from (select cast($1 as text) as client_id) p
    left join dynamically_registered_clients i on i.client_id = p.client_id
    left join client_templates t on t.template_id = i.instance_of_client
    left join accounts a on a.id = i.account_id
"""

USE_REGISTRATION_TOKEN: Final = """
    update dynamically_registered_clients
    set registration_token_expires_at = $3, previous_registration_token = '', previous_registration_token_until = 0
    where client_id = $1 and registration_token = $2 and status = 'active'
    returning client_id
"""

# a new credential that was used since has no one before it any more, and must not be replaced as one that got lost
REPLACE_REGISTRATION: Final = """
    update dynamically_registered_clients
    set attributes = $4, scope = $5, redirect_uris = $6, grant_types = $7, generation = generation + $8,
        registration_token = $9, registration_token_expires_at = $10, previous_registration_token = $11,
        previous_registration_token_until = $12, updated = keyfob_now()
    where client_id = $1 and registration_token = $2 and generation = $3 and previous_registration_token = $13
        and status = 'active'
    returning generation
"""

ROTATE_SECRET: Final = """
    update dynamically_registered_clients
    set client_secret = $4, secret_expires_at = $5, previous_secret = $6, previous_secret_until = $7,
        updated = keyfob_now()
    where client_id = $1 and client_secret = $2 and generation = $3 and previous_secret = $8 and status = 'active'
    returning generation
"""

RETIRE_PREVIOUS_SECRET: Final = """
    update dynamically_registered_clients
    set previous_secret = '', previous_secret_until = 0, updated = keyfob_now()
    where client_id = $1 and client_secret = $2 and previous_secret <> ''
    returning client_id
"""
