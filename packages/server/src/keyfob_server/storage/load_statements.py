"""The texts that every decision is made on, by the rules of `statements`: one read for all that a request names.

Each asks for what the one before it does and for more behind that, so that `rows.loaded_of` reads them all: a request
pays for no column and no table that it does not name.
"""

from typing import Final

from keyfob_server.storage.executor import SqlValue

LOAD_CLIENT: Final = """
    select keyfob_now(),
        coalesce(s.client_id, i.client_id), s.client_id is not null, coalesce(s.status, i.status),
        coalesce(s.generation, i.generation), coalesce(s.attributes, i.attributes),
        coalesce(s.client_secret, i.client_secret), coalesce(s.secret_expires_at, i.secret_expires_at),
        i.previous_secret, i.previous_secret_until, i.account_id, s.settings, s.registration_client,
        s.any_loopback_port, i.idempotency_until, i.instance_of_client, t.status, t.generation, t.attributes,
        t.settings
    from (select cast($1 as text) as client_id) p
    left join clients s on s.client_id = p.client_id
    left join dynamically_registered_clients i on i.client_id = p.client_id
    left join client_templates t on t.template_id = i.instance_of_client
"""

LOAD_GRANT: Final = """
    select keyfob_now(),
        coalesce(s.client_id, i.client_id), s.client_id is not null, coalesce(s.status, i.status),
        coalesce(s.generation, i.generation), coalesce(s.attributes, i.attributes),
        coalesce(s.client_secret, i.client_secret), coalesce(s.secret_expires_at, i.secret_expires_at),
        i.previous_secret, i.previous_secret_until, i.account_id, s.settings, s.registration_client,
        s.any_loopback_port, i.idempotency_until, i.instance_of_client, t.status, t.generation, t.attributes,
        t.settings,
        a.id, a.user_name, a.status, a.generation, a.created, a.name, a.given_name, a.family_name,
        a.email, a.email_verified, a.phone_number, a.phone_number_verified, a.roles,
        g.client_id, g.id, g.account_id, g.scope, g.status, g.generation, g.access_generation, g.client_generation,
        g.account_generation, g.template_generation, g.authentication, g.salt, g.created, g.rotated_at, g.expires,
        g.refresh_counter, g.session_id
    from (select cast($1 as text) as client_id, cast($2 as text) as account_id, cast($3 as text) as grant_client_id,
        cast($4 as text) as grant_id) p
    left join clients s on s.client_id = p.client_id
    left join dynamically_registered_clients i on i.client_id = p.client_id
    left join client_templates t on t.template_id = i.instance_of_client
    left join delegations g on g.client_id = p.grant_client_id and g.id = p.grant_id
    left join accounts a on a.id = coalesce(p.account_id, g.account_id)
"""

LOAD: Final = """
    select keyfob_now(),
        coalesce(s.client_id, i.client_id), s.client_id is not null, coalesce(s.status, i.status),
        coalesce(s.generation, i.generation), coalesce(s.attributes, i.attributes),
        coalesce(s.client_secret, i.client_secret), coalesce(s.secret_expires_at, i.secret_expires_at),
        i.previous_secret, i.previous_secret_until, i.account_id, s.settings, s.registration_client,
        s.any_loopback_port, i.idempotency_until, i.instance_of_client, t.status, t.generation, t.attributes,
        t.settings,
        a.id, a.user_name, a.status, a.generation, a.created, a.name, a.given_name, a.family_name,
        a.email, a.email_verified, a.phone_number, a.phone_number_verified, a.roles,
        g.client_id, g.id, g.account_id, g.scope, g.status, g.generation, g.access_generation, g.client_generation,
        g.account_generation, g.template_generation, g.authentication, g.salt, g.created, g.rotated_at, g.expires,
        g.refresh_counter, g.session_id,
        b.id, b.account_id, b.account_generation, b.authentication, b.status, b.created, b.seen_at, b.expires,
        r.token_id is not null
    from (select cast($1 as text) as client_id, cast($2 as text) as account_id, cast($3 as text) as grant_client_id,
        cast($4 as text) as grant_id, cast($5 as text) as session_id,
        cast($6 as text) as token_id) p
    left join clients s on s.client_id = p.client_id
    left join dynamically_registered_clients i on i.client_id = p.client_id
    left join client_templates t on t.template_id = i.instance_of_client
    left join delegations g on g.client_id = p.grant_client_id and g.id = p.grant_id
    left join sessions b on b.id = p.session_id
    left join revoked_tokens r on r.client_id = p.client_id and r.token_id = p.token_id
    left join accounts a on a.id = coalesce(p.account_id, b.account_id, g.account_id)
"""

# a resource server asks about another client's token: the same, and behind it the one that asks
LOAD_FOR_CALLER: Final = """
    select keyfob_now(),
        coalesce(s.client_id, i.client_id), s.client_id is not null, coalesce(s.status, i.status),
        coalesce(s.generation, i.generation), coalesce(s.attributes, i.attributes),
        coalesce(s.client_secret, i.client_secret), coalesce(s.secret_expires_at, i.secret_expires_at),
        i.previous_secret, i.previous_secret_until, i.account_id, s.settings, s.registration_client,
        s.any_loopback_port, i.idempotency_until, i.instance_of_client, t.status, t.generation, t.attributes,
        t.settings,
        a.id, a.user_name, a.status, a.generation, a.created, a.name, a.given_name, a.family_name,
        a.email, a.email_verified, a.phone_number, a.phone_number_verified, a.roles,
        g.client_id, g.id, g.account_id, g.scope, g.status, g.generation, g.access_generation, g.client_generation,
        g.account_generation, g.template_generation, g.authentication, g.salt, g.created, g.rotated_at, g.expires,
        g.refresh_counter, g.session_id,
        b.id, b.account_id, b.account_generation, b.authentication, b.status, b.created, b.seen_at, b.expires,
        r.token_id is not null,
        k.client_id, true, k.status, k.generation, k.attributes, k.client_secret, k.secret_expires_at, '', 0, '',
        k.settings, k.registration_client, k.any_loopback_port, 0, null, null, null, null, null
    from (select cast($1 as text) as client_id, cast($2 as text) as account_id, cast($3 as text) as grant_client_id,
        cast($4 as text) as grant_id, cast($5 as text) as session_id, cast($6 as text) as token_id,
        cast($7 as text) as caller_id) p
    left join clients s on s.client_id = p.client_id
    left join dynamically_registered_clients i on i.client_id = p.client_id
    left join client_templates t on t.template_id = i.instance_of_client
    left join delegations g on g.client_id = p.grant_client_id and g.id = p.grant_id
    left join sessions b on b.id = p.session_id
    left join revoked_tokens r on r.client_id = p.client_id and r.token_id = p.token_id
    left join accounts a on a.id = coalesce(p.account_id, b.account_id, g.account_id)
    left join clients k on k.client_id = p.caller_id
"""


def for_what_is(named: tuple[SqlValue, ...]) -> tuple[str, tuple[SqlValue, ...]]:
    """The text that asks for no more than what is named, with its parameters; all seven are given, None for nothing."""
    if named[6] is not None:
        return LOAD_FOR_CALLER, named
    if named[4] is not None or named[5] is not None:
        return LOAD, named[:6]
    if named[1] is not None or named[2] is not None:
        return LOAD_GRANT, named[:4]
    return LOAD_CLIENT, named[:1]
