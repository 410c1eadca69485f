"""A document is one transaction: all that was planned, while everything is as the plan saw it, or nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.configuration import (
    DocumentMoved,
    ItemChange,
    apply_document,
)
from keyfob_server.endpoints.static_clients import (
    ClientApplied,
    ClientRemoved,
    apply_client,
    remove_client,
)
from keyfob_server.endpoints.templates import TemplateApplied, apply_template
from keyfob_server.ports.storage import Store
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.registration_overrides import RegistrationOverrides
from keyfob_server.rules.scope_texts import ScopeTexts
from keyfob_server.rules.template_changes import TemplateDefinition
from support_applied_documents import ACT, DOCUMENT, ELSEWHERE, WIDER, applied, items, planned, state, tools_of
from support_engines import Database


def test_a_document_is_written_whole_with_an_audit_row_for_each_change(database: Database) -> None:
    async def scenario(store: Store) -> tuple[Sequence[ItemChange], set[tuple[str, str, str]]]:
        done = await applied(store, DOCUMENT)
        assert {plan.shown.effect for plan in await planned(store, DOCUMENT)} == {"unchanged"}
        return done, {(one.event, one.subject_id, one.reason) for one in await store.audit.list_audit()}

    done, audited = database.run(scenario)
    assert [(one.kind, one.id, one.effect, len(one.secret)) for one in done] == [
        ("scopes", "", "change", 0),
        ("registration", "", "change", 0),
        ("template", "orders-app", "add", 0),
        ("client", "orders-api", "add", 43),
        ("client", "orders-web", "add", 43),
    ]
    assert audited == {
        ("setting.changed", "scopes", "orders go live"),
        ("setting.changed", "registration", "orders go live"),
        ("template.added", "orders-app", "orders go live"),
        ("client.added", "orders-api", "orders go live"),
        ("client.added", "orders-web", "orders go live"),
    }


def test_what_is_as_it_should_be_is_not_written_again(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[str, str]]:
        await applied(store, DOCUMENT)
        before = len(await store.audit.list_audit())
        await applied(store, WIDER)
        return [(one.event, one.after) for one in (await store.audit.list_audit())[before:]]

    assert database.run(scenario) == [("template.changed", "version 2"), ("client.changed", "client_name")]


def test_a_last_entry_that_the_database_refuses_leaves_nothing_of_the_document(database: Database) -> None:
    async def scenario(store: Store) -> None:
        before = await state(store)
        # its two clients say the same
        plans = await planned(store, DOCUMENT)
        with pytest.raises(Exception, match=r"(?i)unique"):
            await apply_document(tools_of(store), plans, act=ACT)
        assert await state(store) == before

    with database.engine.shell(database.url) as shell:
        shell.say("create unique index one_of_a_kind on clients (attributes);")
        database.run(scenario)
        shell.say("drop index one_of_a_kind;")
    database.run(lambda store: applied(store, DOCUMENT))


async def _move_client(store: Store) -> None:
    tools = tools_of(store).clients
    assert isinstance(await remove_client(tools, ClientId("orders-web"), act=ELSEWHERE), ClientRemoved)


async def _move_same_client(store: Store) -> None:
    tools = tools_of(store).clients
    assert isinstance(await remove_client(tools, ClientId("orders-api"), act=ELSEWHERE), ClientRemoved)


async def _move_template(store: Store) -> None:
    elsewhere = items(WIDER.replace("email", "address"))
    (template,) = (one for one in elsewhere if isinstance(one, TemplateDefinition))
    assert isinstance(await apply_template(tools_of(store).templates, template, act=ELSEWHERE), TemplateApplied)


async def _move_registration(store: Store) -> None:
    seen = await store.stored_settings.get("registration")
    value = RegistrationOverrides(authenticate="user").encode()
    assert await store.stored_settings.put("registration", value, seen=seen, act=ELSEWHERE)


async def _move_scopes(store: Store) -> None:
    seen = await store.stored_settings.get("scopes")
    value = ScopeTexts((("orders", "Other words"),)).encode()
    assert await store.stored_settings.put("scopes", value, seen=seen, act=ELSEWHERE)


MOVES = {
    "client orders-web": _move_client,
    "client orders-api": _move_same_client,
    "template orders-app": _move_template,
    "registration ": _move_registration,
    "scopes ": _move_scopes,
}


@pytest.mark.parametrize("moved", MOVES)
def test_what_somebody_changed_since_the_plan_refuses_the_whole_document_and_is_named(
    database: Database, moved: str
) -> None:
    async def scenario(store: Store) -> None:
        await applied(store, DOCUMENT)
        plans = await planned(store, WIDER)
        await MOVES[moved](store)
        before = await state(store)
        done = await apply_document(tools_of(store), plans, act=ACT)
        assert isinstance(done, DocumentMoved)
        assert [f"{one.kind} {one.id}" for one in done.moved] == [moved]
        assert await state(store) == before
        assert await applied(store, WIDER)

    database.run(scenario)


def test_a_template_that_somebody_changed_is_seen_also_by_a_document_that_leaves_it(database: Database) -> None:
    async def scenario(store: Store) -> None:
        await applied(store, DOCUMENT)
        renamed = DOCUMENT.replace('id = "orders-web"', 'id = "orders-web"\nclient_name = "Orders on the web"')
        plans = await planned(store, renamed)
        await _move_template(store)
        before = await state(store)
        done = await apply_document(tools_of(store), plans, act=ACT)
        assert isinstance(done, DocumentMoved)
        assert [one.id for one in done.moved] == ["orders-app"]
        assert await state(store) == before

    database.run(scenario)


def test_what_somebody_made_since_the_plan_is_not_replaced(database: Database) -> None:
    async def scenario(store: Store) -> None:
        plans = await planned(store, DOCUMENT)
        tools = tools_of(store)
        *_, other = (one for one in items(DOCUMENT) if isinstance(one, ConfiguredClient))
        assert isinstance(await apply_client(tools.clients, other, act=ELSEWHERE), ClientApplied)
        before = await state(store)
        done = await apply_document(tools, plans, act=ACT)
        assert isinstance(done, DocumentMoved)
        assert await state(store) == before

    database.run(scenario)


def test_of_two_documents_at_once_one_is_applied_whole_and_the_other_not_at_all(database: Database) -> None:
    texts = [DOCUMENT, DOCUMENT.replace('"See your orders"', '"Look"').replace("orders-api", "other-api")]

    async def scenario(store: Store) -> tuple[int, int, set[str]]:
        plans = [await planned(store, text) for text in texts]
        done = await asyncio.gather(*(apply_document(tools_of(store), plan, act=ACT) for plan in plans))
        (winner,) = (number for number, one in enumerate(done) if isinstance(one, tuple))
        (moved,) = (len(one.moved) for one in done if isinstance(one, DocumentMoved))
        return winner, moved, {one.client.client_id for one in await store.static_clients.list_clients()}

    winner, moved, clients = database.run(scenario)
    # the loser's own client is not made, and is as it was: not there
    assert moved == 4
    assert clients == {("orders-api", "other-api")[winner], "orders-web"}


def test_a_reason_that_no_row_should_hold_changes_nothing(database: Database) -> None:
    async def scenario(store: Store) -> None:
        plans, before = await planned(store, DOCUMENT), await state(store)
        for reason in ("x" * 501, "a\nb"):
            done = await apply_document(tools_of(store), plans, act=replace(ACT, reason=reason))
            assert done == Unfit("a reason has at most 500 characters, and no control characters")
        assert await state(store) == before

    database.run(scenario)


def test_a_document_without_anything_is_applied_at_once(database: Database) -> None:
    async def scenario(store: Store) -> bool:
        return await store.documents.apply([], act=ACT)

    assert database.run(scenario)
