"""Both real apps, each through its whole life against a server process of its own."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support_certificates import trusting
from support_process import serving
from support_raw_http import RawServer
from support_real_app import RealApp

SERVERS = {
    "ios": ("ios", ()),
    "android": ("android", ("--tls",)),
    "android behind a tunnel": ("android", ("--base-url", "https://baa467f55bc7.eu.ngrok.io")),
}
"""Which app, and how its server is started. Android's AppAuth wants an https issuer: either the server speaks TLS, or
it stands behind the seed's tunnel, which ends TLS.
"""


@pytest.fixture(scope="module", params=SERVERS)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealApp]:
    """The app after discovery, registration, sign-in and one refresh."""
    name, arguments = SERVERS[request.param]
    folder: Path = tmp_path_factory.mktemp(name)
    with serving(folder, *arguments) as server:
        port = int((server.data_dir / "port").read_text())
        trust = trusting(server.authority) if server.authority else None
        raw = RawServer(port, urlsplit(server.issuer).netloc, trust)
        started = RealApp(name, raw, server.database, server.issuer)
        started.send("discovery")
        started.authorize("authorize_registration")
        started.redeem("token_registration")
        started.register()
        started.sign_in()
        started.redeem("refresh")
        yield started
