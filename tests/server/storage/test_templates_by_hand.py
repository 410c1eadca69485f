"""Rows of templates that somebody changed or removed with another program."""

import asyncio
from pathlib import Path

from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.rules.templates import Template
from keyfob_server.storage.sqlite import open_sqlite
from support_sql import change, value
from support_templates import APP, TEMPLATE, applied, template


def newest(path: Path, *definitions: TemplateDefinition) -> Template:
    """Apply them one after the other, and read."""

    async def play() -> Template:
        store = await open_sqlite(path)
        try:
            for definition in definitions:
                await applied(store, definition)
            found = await store.templates.find_template(APP)
            assert found is not None
            (version,) = await store.templates.list_versions(APP, limit=1)
            assert version.version == found.version
            return found
        finally:
            await store.close()

    return asyncio.run(play())


def test_a_status_set_by_hand_raises_the_generation_and_leaves_an_audit_row(path: Path) -> None:
    before = newest(path, TEMPLATE)
    assert change(path, "update client_templates set status = 'off'") == 1
    after = newest(path)
    assert (after.status, after.generation, after.version) == ("off", before.generation + 1, before.version)
    audited = "select count(*) from audit where event = 'template.changed_by_hand' and after = 'off'"
    assert value(path, audited) == 1


def test_a_template_whose_row_was_removed_comes_back_with_a_generation_that_nothing_was_issued_under(
    path: Path,
) -> None:
    before = newest(path, TEMPLATE, template(scope=("openid",)))
    assert change(path, "delete from client_templates") == 1
    after = newest(path, TEMPLATE)
    assert after.version == before.version + 1
    assert after.generation > before.generation + 1_000_000
