import asyncio

import pytest

from keyfob_server.outbound.resolver import Resolver, system_look_up
from keyfob_server.ports.fetching import FetchFailed


async def resolved(resolver: Resolver, host: str) -> tuple[str, ...]:
    try:
        return await resolver.addresses(host, 443)
    finally:
        resolver.close()


def test_the_system_knows_the_addresses_of_this_machine_each_told_once() -> None:
    found = asyncio.run(resolved(Resolver(system_look_up, threads=1), "localhost"))
    assert "127.0.0.1" in found or "::1" in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("host", ["does-not-exist.invalid", "", "a..b", "x" * 64])
def test_a_name_that_the_system_does_not_know_has_no_address(host: str) -> None:
    resolver = Resolver(lambda name, port: system_look_up(name or ".", port), threads=1)
    with pytest.raises(FetchFailed, match="no address"):
        asyncio.run(resolved(resolver, host))
