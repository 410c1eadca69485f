"""The texts of copying a whole database: a page of each table by its key, and a row of each as it is.

By the rules of `statements`. A page begins with the row of the key that is given, so that no key is left out.
"""

from typing import Final

READ_SETTINGS: Final = """
    select name, value, created
    from settings where name >= $1 order by name limit $2
"""

FILL_SETTINGS: Final = """
    insert into settings (name, value, created)
    values ($1, $2, $3)
    returning name
"""

READ_SIGNING_KEYS: Final = """
    select kid, alg, public_jwk, wrapped_private, created, signs_from, retired_at, attributes
    from signing_keys where kid >= $1 order by kid limit $2
"""

FILL_SIGNING_KEYS: Final = """
    insert into signing_keys (kid, alg, public_jwk, wrapped_private, created, signs_from, retired_at, attributes)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    returning kid
"""

READ_ACCOUNTS: Final = """
    select id, user_name, status, generation, name, given_name, family_name, email, email_verified, phone_number,
        phone_number_verified, roles, created, updated
    from accounts where id >= $1 order by id limit $2
"""

FILL_ACCOUNTS: Final = """
    insert into accounts (id, user_name, status, generation, name, given_name, family_name, email, email_verified,
        phone_number, phone_number_verified, roles, created, updated)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    returning id
"""

READ_CREDENTIALS: Final = """
    select account_id, kind, secret_hash, created, updated
    from credentials where (account_id, kind) >= ($1, $2) order by account_id, kind limit $3
"""

FILL_CREDENTIALS: Final = """
    insert into credentials (account_id, kind, secret_hash, created, updated)
    values ($1, $2, $3, $4, $5)
    returning account_id
"""

READ_SESSIONS: Final = """
    select id, account_id, account_generation, authentication, status, created, seen_at, expires
    from sessions where id >= $1 order by id limit $2
"""

FILL_SESSIONS: Final = """
    insert into sessions (id, account_id, account_generation, authentication, status, created, seen_at, expires)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    returning id
"""

READ_CLIENTS: Final = """
    select client_id, client_secret, secret_expires_at, attributes, registration_client, any_loopback_port, status,
        generation, created, updated, settings
    from clients where client_id >= $1 order by client_id limit $2
"""

FILL_CLIENTS: Final = """
    insert into clients (client_id, client_secret, secret_expires_at, attributes, registration_client,
        any_loopback_port, status, generation, created, updated, settings)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    returning client_id
"""

READ_CLIENT_TEMPLATES: Final = """
    select template_id, status, generation, version, attributes, settings, created, updated
    from client_templates where template_id >= $1 order by template_id limit $2
"""

FILL_CLIENT_TEMPLATES: Final = """
    insert into client_templates (template_id, status, generation, version, attributes, settings, created, updated)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    returning template_id
"""

READ_CLIENT_TEMPLATE_VERSIONS: Final = """
    select template_id, version, attributes, settings, changed_by, reason, created
    from client_template_versions where (template_id, version) >= ($1, $2) order by template_id, version limit $3
"""

FILL_CLIENT_TEMPLATE_VERSIONS: Final = """
    insert into client_template_versions (template_id, version, attributes, settings, changed_by, reason, created)
    values ($1, $2, $3, $4, $5, $6, $7)
    returning template_id
"""

READ_INITIAL_TOKENS: Final = """
    select id, status, uses_left, uses, account_id, template_id, attributes, issued_by, created, updated, expires
    from initial_tokens where id >= $1 order by id limit $2
"""

FILL_INITIAL_TOKENS: Final = """
    insert into initial_tokens (id, status, uses_left, uses, account_id, template_id, attributes, issued_by, created,
        updated, expires)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    returning id
"""

READ_DYNAMICALLY_REGISTERED_CLIENTS: Final = """
    select client_id, client_secret, instance_of_client, created, updated, initial_client, authenticated_user,
        attributes, status, scope, redirect_uris, grant_types, account_id, generation, status_by, status_at,
        status_reason, secret_expires_at, registration_token, registration_token_expires_at, previous_secret,
        previous_secret_until, previous_registration_token, previous_registration_token_until, idempotency_hash,
        idempotency_until, request_hash, last_used, token_limits
    from dynamically_registered_clients where client_id >= $1 order by client_id limit $2
"""

FILL_DYNAMICALLY_REGISTERED_CLIENTS: Final = """
    insert into dynamically_registered_clients (client_id, client_secret, instance_of_client, created, updated,
        initial_client, authenticated_user, attributes, status, scope, redirect_uris, grant_types, account_id,
        generation, status_by, status_at, status_reason, secret_expires_at, registration_token,
        registration_token_expires_at, previous_secret, previous_secret_until, previous_registration_token,
        previous_registration_token_until, idempotency_hash, idempotency_until, request_hash, last_used, token_limits)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26, $27, $28, $29)
    returning client_id
"""

READ_DELEGATIONS: Final = """
    select client_id, id, account_id, scope, status, status_reason, generation, access_generation, client_generation,
        account_generation, refresh_counter, salt, authentication, session_id, created, updated, rotated_at, expires,
        template_generation
    from delegations where (client_id, id) >= ($1, $2) order by client_id, id limit $3
"""

FILL_DELEGATIONS: Final = """
    insert into delegations (client_id, id, account_id, scope, status, status_reason, generation, access_generation,
        client_generation, account_generation, refresh_counter, salt, authentication, session_id, created, updated,
        rotated_at, expires, template_generation)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    returning client_id
"""

READ_REVOKED_TOKENS: Final = """
    select client_id, token_id, expires
    from revoked_tokens where (client_id, token_id) >= ($1, $2) order by client_id, token_id limit $3
"""

FILL_REVOKED_TOKENS: Final = """
    insert into revoked_tokens (client_id, token_id, expires)
    values ($1, $2, $3)
    returning client_id
"""

READ_CONSENTS: Final = """
    select account_id, client_id, scope, redirect_hash, account_generation, client_generation, template_generation,
        created, expires
    from consents where (account_id, client_id) >= ($1, $2) order by account_id, client_id limit $3
"""

FILL_CONSENTS: Final = """
    insert into consents (account_id, client_id, scope, redirect_hash, account_generation, client_generation,
        template_generation, created, expires)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning account_id
"""

READ_SIGN_IN_FAILURES: Final = """
    select name_hash, source_hash, failures, delay_s, counted, expires
    from sign_in_failures where (name_hash, source_hash) >= ($1, $2) order by name_hash, source_hash limit $3
"""

FILL_SIGN_IN_FAILURES: Final = """
    insert into sign_in_failures (name_hash, source_hash, failures, delay_s, counted, expires)
    values ($1, $2, $3, $4, $5, $6)
    returning name_hash
"""

READ_AUDIT: Final = """
    select id, created, event, subject_kind, subject_id, actor, origin, reason, before, after, seal_number, seal
    from audit where id >= $1 order by id limit $2
"""

FILL_AUDIT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after, seal_number,
        seal)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    returning id
"""
