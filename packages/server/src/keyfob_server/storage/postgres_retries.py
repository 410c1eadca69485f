"""Writes that may be sent again when nobody knows whether the first sending was done, and writes that need not be."""

from typing import Final, NamedTuple

from keyfob_server.storage import initial_token_statements, statements


class OwnRow(NamedTuple):
    """A text that brings what the insert would have returned, when the row that stands is the insert's own."""

    text: str
    parameters: tuple[int, ...]
    """Which of the insert's parameters it takes, counted from 0."""


OWN_ROWS: Final = {
    # known by the salt, which is random
    statements.ADD_GRANT: OwnRow(
        "select id from delegations where client_id = $1 and id = $2 and salt = $3", (0, 1, 11)
    ),
    # known by the hash of the registration access token, which is made of random bits
    statements.ADD_INSTANCE: OwnRow(
        "select client_id from dynamically_registered_clients where client_id = $1 and registration_token = $2", (0, 11)
    ),
    # known by its id, which is random
    statements.ADD_SESSION: OwnRow("select id from sessions where id = $1 and account_id = $2", (0, 1)),
}
"""Inserts that must tell their own row from a rival's; where it stands, the steps beside it were done too."""

REPEATABLE: Final = frozenset(
    {
        # done twice they find nothing to do, and the endpoint reads again, or need not know
        statements.ROTATE_GRANT,
        statements.REVOKE_GRANT,
        statements.REVOKE_ACCESS,
        statements.TOUCH_SESSION,
        statements.END_SESSION,
        statements.PING,
    }
)

ROW_LOCKS_SUFFICE: Final = frozenset(
    {
        statements.ADD_INSTANCE,
        initial_token_statements.USE_INITIAL_TOKEN,
        initial_token_statements.HAS_ROOM,
    }
)
"""Each asks only about the one row that it writes: whoever comes second waits for that row, and then sees it as it is.
Or about the rows of one owner, in a write that is exclusive by that owner.

All registrations with one initial token write its row: as serializable transactions they would refuse each other.
"""
