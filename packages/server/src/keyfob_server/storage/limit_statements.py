"""The texts of counted sign-ins, by the rules of `statements`."""

from typing import Final

# The condition and the new count are one statement: however many attempts come at once, each is counted alone, and
# none passes while the delay of the one before it runs.
COUNT_SIGN_IN: Final = """
    insert into sign_in_failures (name_hash, source_hash, failures, delay_s, counted, expires)
    values ($1, $2, 1, 0, keyfob_now(), keyfob_now() + $6)
    on conflict (name_hash, source_hash) do update set
        failures = case when sign_in_failures.expires <= keyfob_now() then 1
            else sign_in_failures.failures + 1 end,
        delay_s = case
            when sign_in_failures.expires <= keyfob_now() or sign_in_failures.failures + 1 < $3 then 0
            when sign_in_failures.delay_s = 0 then $4
            when sign_in_failures.delay_s * 2 > $5 then $5
            else sign_in_failures.delay_s * 2 end,
        counted = keyfob_now(),
        expires = keyfob_now() + $6
    where sign_in_failures.counted + sign_in_failures.delay_s <= keyfob_now()
    returning failures
"""

UNCOUNT_SIGN_IN: Final = """
    update sign_in_failures set failures = failures - 1,
        counted = case when failures = $3 then counted - delay_s else counted end,
        delay_s = case when failures = $3 then delay_s / 2 else delay_s end
    where name_hash = $1 and source_hash = $2 and failures > 0
    returning failures
"""

CLEAR_SIGN_INS: Final = """
    delete from sign_in_failures where name_hash = $1 and source_hash = $2 returning failures
"""
