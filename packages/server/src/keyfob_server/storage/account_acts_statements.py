"""The texts of what the admin pages do to accounts, by the rules of `statements`."""

from typing import Final

SEARCH_ACCOUNTS: Final = """
    select id, user_name, status, generation, created, name, given_name, family_name, email, email_verified,
        phone_number, phone_number_verified, roles
    from accounts where user_name >= $1 and user_name < $2 and user_name > $3 order by user_name limit $4
"""

STANDS: Final = """
    select id from accounts where id = $1 and status = 'active' and generation = $2 and roles = $3
"""
