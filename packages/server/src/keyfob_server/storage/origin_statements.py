"""The texts of web origins, by the rules of `statements`."""

from typing import Final

# few rows, read only for an origin that no setting lists; an origin holds neither `%` nor `_`, nor what JSON escapes
LIST_SETTINGS_NAMING: Final = """
    select c.settings from clients c where c.settings like '%"' || cast($1 as text) || '"%'
    union all
    select t.settings from client_templates t where t.settings like '%"' || cast($1 as text) || '"%'
    limit $2
"""
