from typing import Protocol

from keyfob_server.rules.acts import Act
from keyfob_server.rules.records import Account


class AccountActs(Protocol):
    """What the admin pages do to accounts beside the verbs of the command line. All raise StorageUnavailable."""

    async def search(self, prefix: str, *, after: str = "", limit: int = 50) -> list[Account]:
        """By user name, those that begin with `prefix`, the page after `after`."""
        ...

    async def sign_out_everywhere(self, user_name: str, *, act: Act) -> bool:
        """Raise the account's generation: sessions, codes and tokens from before die. False for no such account."""
        ...
