from typing import Protocol

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.instance_search import GrantSummary, InstancePage, InstanceQuery


class InstanceSearch(Protocol):
    """What administrators read of instances beside the lists of the command line. All raise StorageUnavailable."""

    async def search(self, query: InstanceQuery, *, before: str = "", limit: int = 50) -> InstancePage:
        """Newest first, older than the client id `before`. It looks at a bounded number of rows: a page that ends
        sooner says so, and goes on from there.
        """
        ...

    async def list_grants(self, client_id: ClientId, *, limit: int = 50) -> list[GrantSummary]:
        """The sign-ins through one instance, newest first, without that of its registration."""
        ...
