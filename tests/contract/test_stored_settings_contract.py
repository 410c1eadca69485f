"""What administrators decide while the server runs: the last one to have seen what stands wins, and leaves a trace."""

from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from support_engines import Database

ACT = Act("admin page: anna", "a try", "192.0.2.1")


def test_a_decision_is_read_again_and_may_be_taken_back(database: Database) -> None:
    async def scenario(store: Store) -> list[str]:
        stored = store.stored_settings
        found = [await stored.get("x")]
        assert await stored.put("x", "one", seen="", act=ACT)
        found.append(await stored.get("x"))
        assert await stored.put("x", "", seen="one", act=ACT)
        return [*found, await stored.get("x"), await stored.get("y")]

    assert database.run(scenario) == ["", "one", "", ""]


def test_a_decision_on_what_does_not_stand_any_more_changes_nothing_and_leaves_no_trace(database: Database) -> None:
    async def scenario(store: Store) -> tuple[str, int]:
        stored = store.stored_settings
        assert await stored.put("x", "one", seen="", act=ACT)
        assert not await stored.put("x", "two", seen="", act=ACT)
        assert not await stored.put("x", "two", seen="other", act=ACT)
        return await stored.get("x"), len(await store.audit.list_audit_of("setting", "x"))

    assert database.run(scenario) == ("one", 1)


def test_the_audit_says_who_changed_what_into_what_and_why(database: Database) -> None:
    async def scenario(store: Store) -> list[tuple[str, ...]]:
        await store.stored_settings.put("x", "one", seen="", act=ACT)
        await store.stored_settings.put("x", "two", seen="one", act=ACT)
        rows = await store.audit.list_audit_of("setting", "x")
        return [(row.event, row.by, row.reason, row.origin, row.before, row.after) for row in rows]

    told = ("setting.changed", "admin page: anna", "a try", "192.0.2.1")
    assert database.run(scenario) == [(*told, "one", "two"), (*told, "", "one")]
