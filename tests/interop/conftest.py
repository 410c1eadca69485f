"""Both real apps, each through its whole life against a server process of its own."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from support_process import serving
from support_raw_http import RawServer
from support_real_app import RealApp

BASE_URLS = {"ios": (), "android": ("--base-url", "https://baa467f55bc7.eu.ngrok.io")}
"""Android's AppAuth wants an https issuer: there the server stands behind the seed's tunnel, which ends TLS."""


@pytest.fixture(scope="module", params=BASE_URLS)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealApp]:
    """The app after discovery, registration, sign-in and one refresh."""
    name: str = request.param
    folder: Path = tmp_path_factory.mktemp(name)
    with serving(folder, *BASE_URLS[name]) as server:
        port = int((server.data_dir / "port").read_text())
        raw = RawServer(port, urlsplit(server.issuer).netloc)
        started = RealApp(name, raw, server.database, server.issuer)
        started.send("discovery")
        started.authorize("authorize_registration")
        started.redeem("token_registration")
        started.register()
        started.sign_in()
        started.redeem("refresh")
        yield started
