"""Who is compared, in the order of the report's columns."""

from collections.abc import Sequence
from pathlib import Path

from keyfob_bench.contestant import Contestant
from keyfob_bench.keyfob import Keyfob
from keyfob_bench.peers.authlib import Authlib
from keyfob_bench.peers.django_oauth_toolkit import DjangoOAuthToolkit
from keyfob_bench.peers.hydra import Hydra
from keyfob_bench.peers.keycloak import Keycloak
from keyfob_bench.peers.oidc_provider import OidcProvider
from keyfob_bench.postgres import Postgres


def contestants(connections: int, peers: Path, postgres: Postgres | None) -> Sequence[Contestant]:
    """`peers` is the folder that they are installed in; without PostgreSQL those that need it are left out."""
    return (
        Keyfob(connections),
        *((Keyfob(connections, postgres),) if postgres else ()),
        OidcProvider(peers, connections),
        Authlib(peers, connections),
        *(
            (
                DjangoOAuthToolkit(peers, connections, postgres),
                Keycloak(peers, connections, postgres),
                Hydra(peers, connections, postgres),
            )
            if postgres
            else ()
        ),
    )
