"""The texts of what administrators decide while the server runs, by the rules of `statements`."""

from typing import Final

# one row always, so that those who ask at once can ask together
GET_STORED_SETTING: Final = "select coalesce((select s.value from settings s where s.name = $1), '')"

# a decision that was taken back is an empty value: no row is ever removed
PUT_STORED_SETTING: Final = """
    insert into settings (name, value, created) values ($1, $2, keyfob_now())
    on conflict (name) do update set value = excluded.value, created = excluded.created where settings.value = $3
    returning name
"""

# nobody decided anything: there may be no row, or an empty one
IS_STORED_SETTING_AS_SEEN: Final = """
    select 1 from (select max(s.value) as value from settings s where s.name = $1) found
    where coalesce(found.value, '') = $2
"""
