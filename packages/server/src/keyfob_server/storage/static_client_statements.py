"""The texts of static clients, by the rules of `statements`."""

from typing import Final

FIND_STATIC_CLIENT: Final = """
    select client_id, status, generation, attributes, client_secret, secret_expires_at, settings, registration_client,
        any_loopback_port, created, updated
    from clients where client_id = $1
"""

LIST_STATIC_CLIENTS: Final = """
    select client_id, status, generation, attributes, client_secret, secret_expires_at, settings, registration_client,
        any_loopback_port, created, updated
    from clients where client_id > $1 order by client_id limit $2
"""

ADD_STATIC_CLIENT: Final = """
    insert into clients (client_id, client_secret, secret_expires_at, attributes, settings, registration_client,
        any_loopback_port, status, generation, created, updated)
    values ($1, $2, $3, $4, $5, $6, $7, $8, 1, keyfob_now(), keyfob_now())
    on conflict (client_id) do nothing
    returning generation
"""

CHANGE_STATIC_CLIENT: Final = """
    update clients
    set client_secret = $2, secret_expires_at = $3, attributes = $4, settings = $5, registration_client = $6,
        any_loopback_port = $7, status = $8, generation = generation + $9, updated = keyfob_now()
    where client_id = $1 and generation = $10 and status = $11 and client_secret = $12 and attributes = $13
        and settings = $14
    returning generation
"""

IS_STATIC_CLIENT_AS_SEEN: Final = """
    select client_id from clients
    where client_id = $1 and generation = $2 and status = $3 and client_secret = $4 and attributes = $5
        and settings = $6
"""
