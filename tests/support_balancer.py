"""A balancer as operators have one: it asks each node for its readiness, and takes connections to the ready ones."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import httpx

from support_nodes import Node

LOOKS_EVERY_S = 0.2


class Balancer:
    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._ready = {node.url: False for node in nodes}
        self.taken: Counter[str] = Counter()
        """How many connections each node was given, by its URL."""
        self._taking: set[asyncio.Task[None]] = set()

    def is_ready(self, node: Node) -> bool:
        return self._ready[node.url]

    async def look(self) -> None:
        """For ever."""
        async with httpx.AsyncClient(timeout=1) as http:
            while True:
                for node in self._nodes:
                    try:
                        self._ready[node.url] = (await http.get(node.readiness_url)).status_code == 200
                    except httpx.TransportError:
                        self._ready[node.url] = False
                await asyncio.sleep(LOOKS_EVERY_S)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bytes there and back, as long as both ends want: what they are is none of a balancer's business."""
        ready = [node for node in self._nodes if self.is_ready(node)]
        node = min(ready, key=lambda node: self.taken[node.url])
        self.taken[node.url] += 1
        task = asyncio.current_task()
        assert task is not None
        self._taking.add(task)
        try:
            from_node, to_node = await asyncio.open_connection("127.0.0.1", node.port)
            await asyncio.gather(_pass_on(reader, to_node), _pass_on(from_node, writer))
        except OSError:
            writer.close()
        self._taking.discard(task)

    async def finish(self) -> None:
        """The last connections end when those who made them have gone."""
        await asyncio.gather(*self._taking)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
    target.close()
    with suppress(OSError):
        await target.wait_closed()


@asynccontextmanager
async def balancing(nodes: Sequence[Node]) -> AsyncIterator[tuple[Balancer, str]]:
    """The balancer and its URL, once every node is ready."""
    balancer = Balancer(nodes)
    looking = asyncio.create_task(balancer.look())
    server = await asyncio.start_server(balancer.take, "127.0.0.1", 0)
    try:
        while not all(map(balancer.is_ready, nodes)):  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(0.05)
        yield balancer, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await balancer.finish()
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
