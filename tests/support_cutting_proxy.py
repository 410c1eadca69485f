"""A proxy on the way to PostgreSQL's socket: the server does what it was asked, and its answer never arrives."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

SOCKET_NAME = ".s.PGSQL.5432"


@dataclass
class CuttingProxy:
    folder: Path
    """Where its socket lies."""

    armed_by: bytes | None = None
    """The first message that holds this is passed on, and its answer is not."""

    cut: int = 0
    ended: Event = field(default_factory=Event)


@contextmanager
def cutting_proxy(folder: Path, server_folder: Path) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(folder)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / SOCKET_NAME))
        listener.listen()
        listener.settimeout(0.1)
        accepting = Thread(target=_accept, args=(listener, proxy, server_folder / SOCKET_NAME))
        accepting.start()
        try:
            yield proxy
        finally:
            proxy.ended.set()
            accepting.join()


def _accept(listener: socket.socket, proxy: CuttingProxy, server: Path) -> None:
    threads = []
    while not proxy.ended.is_set():
        try:
            client, _ = listener.accept()
        except TimeoutError:
            continue
        threads.append(Thread(target=_relay, args=(client, proxy, server)))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _relay(client: socket.socket, proxy: CuttingProxy, server_path: Path) -> None:
    with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
        server.connect(str(server_path))
        back = Thread(target=_back, args=(server, client))
        back.start()
        client.settimeout(0.1)
        while not proxy.ended.is_set():
            try:
                asked = client.recv(65536)
            except TimeoutError:
                continue
            if not asked:
                break
            if proxy.armed_by is not None and proxy.armed_by in asked:
                proxy.armed_by = None
                proxy.cut += 1
                # nothing reaches the client from here on; the server finishes what it began before it sees the end
                client.shutdown(socket.SHUT_RDWR)
                server.sendall(asked)
                break
            server.sendall(asked)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
        back.join()


def _back(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while answer := server.recv(65536):
            with suppress(OSError):
                client.sendall(answer)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
