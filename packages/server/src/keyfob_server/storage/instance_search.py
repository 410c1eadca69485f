"""Administrators' search for instances: bounded in the rows that it looks at, whatever is asked for."""

import json
from dataclasses import replace
from typing import Final

import msgspec

from keyfob_protocol.identifiers import AccountId, ClientId, GrantId
from keyfob_server.rules.instance_search import (
    GrantSummary,
    InstancePage,
    InstanceQuery,
    client_ids_from,
    last_of_prefix,
    matches_name,
)
from keyfob_server.rules.records import Generations
from keyfob_server.rules.summaries import InstanceSummary
from keyfob_server.storage import instance_search_statements as texts
from keyfob_server.storage import rows
from keyfob_server.storage.executor import Executor, Row, SqlValue

WINDOW: Final = 5000
"""The most rows that one search looks at: some milliseconds of the thread that reads."""
_LARGEST_PAGE: Final = 100
_LAST: Final = "~"
"""Behind every client id."""
_ANYTHING: Final = "%"


class _Named(msgspec.Struct):
    names: dict[str, str] = {}


_named: Final = msgspec.json.Decoder(_Named)


class SqlInstanceSearch:
    """ports.instance_search.InstanceSearch."""

    def __init__(self, executor: Executor, window: int = WINDOW) -> None:
        self._executor = executor
        self._window = window

    async def search(self, query: InstanceQuery, *, before: str = "", limit: int = 50) -> InstancePage:
        limit = max(1, min(limit, _LARGEST_PAGE))
        older_than = before or _LAST
        by_name = query.by == "name" and query.text != ""
        # where every row will do, a page is all that need be looked at
        window = self._window if by_name or query.status else limit
        key: tuple[SqlValue, ...]
        if by_name:
            key = ("", older_than, window)
            read = await self._read(texts.SEARCH_INSTANCES, (*key, query.status, _pattern(query.text), window))
            found, end = [one for one in read if matches_name(one, query.text)], texts.SEARCH_INSTANCES_END
        elif query.by == "client_id" or not query.text:
            first, behind = client_ids_from(query.text)
            key = (first, min(older_than, behind), window)
            found = await self._read(texts.SEARCH_INSTANCES, (*key, query.status, _ANYTHING, limit))
            end = texts.SEARCH_INSTANCES_END
        elif query.by == "template":
            key = (query.text, older_than, window)
            found = await self._read(texts.SEARCH_INSTANCES_OF_TEMPLATE, (*key, query.status, limit))
            end = texts.SEARCH_INSTANCES_OF_TEMPLATE_END
        else:
            prefix = query.text.lower()
            key = (prefix, last_of_prefix(prefix), older_than, window)
            found = await self._read(texts.SEARCH_INSTANCES_OF_USER, (*key, query.status, limit))
            end = texts.SEARCH_INSTANCES_OF_USER_END
        if len(found) >= limit:
            return InstancePage(tuple(found[:limit]), found[limit - 1].client_id)
        ((looked, last),) = await self._executor.read(end, key)
        full = looked == window
        return InstancePage(tuple(found), last if full else "", looked if full else 0)

    async def list_grants(self, client_id: ClientId, *, limit: int = 50) -> list[GrantSummary]:
        found = await self._executor.read(texts.LIST_GRANTS, (client_id, max(1, min(limit, _LARGEST_PAGE))))
        return [_grant_of(row) for row in found]

    async def _read(self, text: str, parameters: tuple[SqlValue, ...]) -> list[InstanceSummary]:
        return [_summary_of(row) for row in await self._executor.read(text, parameters)]


def _pattern(text: str) -> str:
    """What a document that holds the text looks like to LIKE, with nothing in it that stands for other characters.

    Databases fold the case of ASCII letters alone, so any other text is looked for in every document of the window.
    """
    if not text.isascii():
        return _ANYTHING
    written = json.dumps(text.lower())[1:-1]
    for special in ("\\", "%", "_"):
        written = written.replace(special, f"\\{special}")
    return f"%{written}%"


def _summary_of(row: Row) -> InstanceSummary:
    """A template's instance has its template's name, as people know it."""
    *own, template = row
    summary = rows.summary_of(tuple(own))
    if summary.client_name or template is None:
        return summary
    try:
        return replace(summary, client_name=_named.decode(template).names.get("client_name", ""))
    except msgspec.MsgspecError:
        return summary


def _grant_of(row: Row) -> GrantSummary:
    key, account_id, scope, status, reason, client, account, template, counter, created, rotated_at, expires = row
    return GrantSummary(
        GrantId(key), AccountId(account_id), tuple(scope.split()), status, reason,
        Generations(client, account, template), counter, created, rotated_at, expires,
    )  # fmt: skip
