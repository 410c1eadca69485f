"""The texts of templates and their versions, by the rules of `statements`."""

from typing import Final

FIND_TEMPLATE: Final = """
    select template_id, status, generation, version, attributes, settings from client_templates where template_id = $1
"""

LIST_TEMPLATES: Final = """
    select template_id, status, generation, version, attributes, settings
    from client_templates where template_id > $1 order by template_id limit $2
"""

FIND_TEMPLATE_VERSION: Final = """
    select template_id, version, attributes, settings, changed_by, reason, created
    from client_template_versions where template_id = $1 and version = $2
"""

LIST_TEMPLATE_VERSIONS: Final = """
    select template_id, version, attributes, settings, changed_by, reason, created
    from client_template_versions where template_id = $1 and version < $2 order by version desc limit $3
"""

# where a hand removed the row, the numbers go on, and the generation is one that nothing was ever issued under
ADD_TEMPLATE: Final = """
    insert into client_templates (template_id, status, generation, version, attributes, settings, created, updated)
    select cast($1 as text), 'active', case when found.last is null then 1 else keyfob_now() end,
        coalesce(found.last, 0) + 1, cast($2 as text), cast($3 as text), keyfob_now(), keyfob_now()
    from (select max(version) as last from client_template_versions where template_id = $1) found
    where true
    on conflict (template_id) do nothing
    returning version
"""

CHANGE_TEMPLATE: Final = """
    update client_templates
    set attributes = $2, settings = $3, version = version + 1, generation = generation + $5, updated = keyfob_now()
    where template_id = $1 and version = $4
    returning version
"""

IS_TEMPLATE_AS_SEEN: Final = "select version from client_templates where template_id = $1 and version = $2"

ADD_TEMPLATE_VERSION: Final = """
    insert into client_template_versions (template_id, version, attributes, settings, changed_by, reason, created)
    select t.template_id, t.version, t.attributes, t.settings, cast($2 as text), cast($3 as text), keyfob_now()
    from client_templates t where t.template_id = $1
    returning version
"""

SET_TEMPLATE_STATUS: Final = """
    update client_templates set status = $2, generation = generation + 1, updated = keyfob_now()
    where template_id = $1 and status <> $2
    returning generation
"""

# of a version that was just made
TEMPLATE_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text), keyfob_now(), cast($2 as text), 'template', t.template_id, cast($3 as text),
        cast($4 as text), cast($5 as text), cast($7 as text), 'version ' || cast(t.version as text)
    from client_templates t where t.template_id = $6
    returning id
"""

TEMPLATE_STATUS_ACT: Final = """
    insert into audit (id, created, event, subject_kind, subject_id, actor, origin, reason, before, after)
    select cast($1 as text), keyfob_now(), cast($2 as text), 'template', t.template_id, cast($3 as text),
        cast($4 as text), cast($5 as text), t.status, cast($7 as text)
    from client_templates t where t.template_id = $6 and t.status <> $7
    returning id
"""

COUNT_INSTANCES_OF_TEMPLATE: Final = """
    select count(*) from dynamically_registered_clients
    where instance_of_client = $1 and status not in ('revoked', 'deleted', 'expired')
"""
