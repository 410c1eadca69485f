"""What an administrator finds: by user, client id, name, template and status, a bounded number of rows at a time."""

from dataclasses import replace

import pytest

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.instance_search import GrantSummary, InstancePage, InstanceQuery, SearchBy
from keyfob_server.rules.records import GrantKey, NewInstance
from support_engines import Database
from support_stored_records import a_grant, an_account, an_instance

SPECIAL = ("%", "_", "%_%", "a_b", "\\", "'", '"', "100%", "[a-z]", "*", "?", "$1", "\\%", "\u00c9t\u00e9")


def named(client_id: str, name: str = "", app: str = "", template: str | None = None, **more: str) -> NewInstance:
    instance = an_instance(client_id)
    metadata = replace(instance.metadata, instance_name=name, names={"client_name": app} if app else {})
    changes: dict[str, object] = {"metadata": metadata, "template": ClientId(template) if template else None, **more}
    if template:
        changes["own_members"] = {"instance_name": name}
    return replace(instance, **changes)  # type: ignore[arg-type] # fields of the dataclass by name


async def fill(store: Store, *instances: NewInstance) -> None:
    await store.add_account(an_account(), password_hash="hash")
    for instance in instances:
        assert await store.add_instance(instance)


def found(page: InstancePage) -> list[str]:
    return [one.client_id for one in page.instances]


def test_instances_come_newest_first_and_each_page_goes_on_where_the_one_before_ended(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        await fill(store, *(named(f"0{number}") for number in range(5)))
        pages, before = [], ""
        for _ in range(3):
            page = await store.instance_search.search(InstanceQuery(), before=before, limit=2)
            pages.append(found(page))
            before = page.before
        assert (before, page.looked_through) == ("", 0)
        return pages

    assert database.run(scenario) == [["04", "03"], ["02", "01"], ["00"]]


@pytest.mark.parametrize(
    ("by", "text", "expected"),
    [
        ("user", "anna", ["b2", "a1"]),
        ("user", "AN", ["b2", "a1"]),
        ("user", "nna", []),
        ("client_id", "a", ["a1"]),
        ("client_id", "A1", ["a1"]),
        ("client_id", "1", []),
        ("name", "phone", ["b2", "a1"]),
        ("name", "PHONE of", ["b2"]),
        ("name", "harbour", ["a1"]),
        ("name", "client_name", []),
        ("name", "redirect", []),
    ],
)
def test_a_search_finds_what_is_looked_for(database: Database, by: SearchBy, text: str, expected: list[str]) -> None:
    async def scenario(store: Store) -> list[str]:
        await fill(store, named("a1", "Phone", "Harbour Bank"), named("b2", "phone of Anna"))
        return found(await store.instance_search.search(InstanceQuery(by, text)))

    assert database.run(scenario) == expected


@pytest.mark.parametrize("text", SPECIAL)
@pytest.mark.parametrize("by", ["user", "client_id", "name", "template"])
def test_m4_every_character_of_a_search_stands_for_itself(database: Database, by: SearchBy, text: str) -> None:
    async def scenario(store: Store) -> list[str]:
        await fill(store, named("a1", "plain"), named("b2", f"x{text}y"))
        return found(await store.instance_search.search(InstanceQuery(by, text)))

    assert database.run(scenario) == (["b2"] if by == "name" else [])


def test_the_case_of_no_letter_matters_in_a_name(database: Database) -> None:
    async def scenario(store: Store) -> list[str]:
        await fill(store, named("a1", "\u00c9T\u00c9 stra\u00dfe"))
        return found(await store.instance_search.search(InstanceQuery("name", "\u00e9t\u00e9 STRASSE")))

    assert database.run(scenario) == ["a1"]


def test_a_status_narrows_every_search(database: Database) -> None:
    async def scenario(store: Store) -> list[list[str]]:
        await fill(store, named("a1", "phone"), named("a2", "phone"), named("a3", "phone", template="shop"))
        await store.set_instance_status(ClientId("a2"), "inactive", act=Act())
        queries = [("", ""), ("user", "anna"), ("client_id", "a"), ("name", "phone"), ("template", "shop")]
        return [
            found(await store.instance_search.search(InstanceQuery(by or "user", text, status)))  # type: ignore[arg-type] # a row of the table
            for by, text in queries
            for status in ("inactive", "active")
        ]

    both = [["a2"], ["a3", "a1"]]
    assert database.run(scenario) == [*both, *both, *both, *both, [], ["a3"]]


def test_a_template_s_instances_have_its_name(database: Database) -> None:
    async def scenario(store: Store) -> tuple[list[str], list[str], str]:
        await fill(store, named("a1", "phone", template="shop"), named("b2", "phone"))
        by_template = await store.instance_search.search(InstanceQuery("template", "shop"))
        part = await store.instance_search.search(InstanceQuery("template", "sho"))
        return found(by_template), found(part), by_template.instances[0].template

    assert database.run(scenario) == (["a1"], [], "shop")


def test_grants_come_newest_first_without_that_of_the_registration(database: Database) -> None:
    async def scenario(store: Store) -> list[GrantSummary]:
        grant = a_grant()
        for name, scope in (("g1", grant.scope), ("g2", ("dcr",)), ("g3", grant.scope)):
            key = GrantKey(grant.key.client_id, GrantId(name))
            assert await store.add_grant(replace(grant, key=key, scope=scope))
        return await store.instance_search.list_grants(grant.key.client_id)

    grants = database.run(scenario)
    assert [one.id for one in grants] == ["g3", "g1"]
    expected = a_grant()
    assert (grants[0].scope, grants[0].generations, grants[0].status) == (
        expected.scope,
        expected.generations,
        expected.status,
    )
