"""`keyfob migrate`"""

import pytest

from keyfob_server.storage.migrate import head
from support_keyfob_program import Installation

pytestmark = pytest.mark.slow


def test_migrate_creates_a_database_and_may_run_again(installation: Installation) -> None:
    installation.database.unlink()
    for _ in range(2):
        done = installation.keyfob("migrate")
        assert (done.code, done.out) == (0, f"{installation.database}: the schema is {head()}, the newest\n")
    assert installation.keyfob("account", "list", "--json").document() == {"accounts": [], "next": None}
