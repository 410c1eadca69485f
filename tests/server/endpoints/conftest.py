"""One running server for each file: its tests register instances of their own."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.policy import RegistrationPolicy
from support_app import BASE, Keyfob, running_keyfob
from support_room import Serving


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        yield running


@pytest.fixture
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A server with the limits that a test is about."""
    with ExitStack() as running:

        def serve(registration: RegistrationPolicy) -> Keyfob:
            policy = replace(demo_policy(BASE), registration=registration)
            return running.enter_context(running_keyfob(tmp_path_factory.mktemp("room"), policy=policy))

        yield serve
