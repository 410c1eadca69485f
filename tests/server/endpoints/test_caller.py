"""Whose pages may read an answer is known by request: what one request proved, another one does not inherit."""

import asyncio
from dataclasses import replace

from keyfob_server.endpoints.caller import caller_origins, note_caller
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client
from support_records import client

LISTING = replace(client(), settings=ClientSettings(cors_origins=("https://app.example",)))


def test_d16_without_a_proved_client_there_are_no_origins() -> None:
    note_caller(LISTING)
    assert caller_origins() == ("https://app.example",)
    note_caller(None)
    assert caller_origins() == ()


def test_d16_requests_at_the_same_time_do_not_see_each_others_client() -> None:
    async def request(caller: Client | None, noted: asyncio.Barrier) -> tuple[str, ...]:
        note_caller(caller)
        await noted.wait()
        return caller_origins()

    async def both() -> tuple[tuple[str, ...], tuple[str, ...]]:
        noted = asyncio.Barrier(2)
        mine, theirs = await asyncio.gather(request(LISTING, noted), request(None, noted))
        return mine, theirs

    assert asyncio.run(both()) == (("https://app.example",), ())
