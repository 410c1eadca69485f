"""What operators do to templates: plan, apply, show, roll back, switch off and on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.administration import MAX_REASON, Unfit
from keyfob_server.endpoints.templates import (
    NoSuchTemplate,
    NoSuchVersion,
    TemplateApplied,
    TemplateMoved,
    TemplatePlan,
    TemplateStatusChanged,
    TemplateUnchanged,
    apply_template,
    disable_template,
    enable_template,
    plan_template,
    roll_back,
    show_template,
    template_history,
)
from keyfob_server.ports.templates import TemplateStore
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.document_diff import MemberChange, document_diff
from keyfob_server.rules.records import ACTIVE, INACTIVE
from support_engines import Database, Sqlite
from support_templates import ACT, APP, SHARED, TEMPLATE, template

OTHER = ClientId("other")
NARROW = template(ClientSettings(access_token_lifetime_s=60), scope=("openid",))
CHANGES = (
    MemberChange("access_token_lifetime_s", None, 60),
    MemberChange("scope", "openid profile", "openid"),
)


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Callable[[TemplateStore], Awaitable[None]]], None]:
    """Run a scenario over the templates of a new database."""
    engine = Sqlite()
    database = Database(engine, engine.create(tmp_path))

    def run(scenario: Callable[[TemplateStore], Awaitable[None]]) -> None:
        database.run(lambda store: scenario(store.templates), lambda: 4711)

    return run


Play = Callable[[Callable[[TemplateStore], Awaitable[None]]], None]


def test_a_plan_says_what_would_change_and_writes_nothing(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        first = await plan_template(templates, TEMPLATE)
        assert first == TemplatePlan(TEMPLATE, 0, document_diff({}, SHARED.document()), ends_grants=False)
        assert await templates.find_template(APP) is None
        await apply_template(templates, TEMPLATE, act=ACT)
        assert await plan_template(templates, NARROW) == TemplatePlan(NARROW, 1, CHANGES, ends_grants=True)
        assert await plan_template(templates, TEMPLATE) == TemplateUnchanged(APP, 1)
        assert len(await templates.list_versions(APP)) == 1

    play(scenario)


def test_applying_makes_a_version_and_says_what_it_changed(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        added = await apply_template(templates, template(software_id=""), act=ACT)
        assert added == TemplateApplied(APP, 1, document_diff({}, SHARED.document()), grants_ended=False)
        assert await apply_template(templates, TEMPLATE, act=ACT) == TemplateUnchanged(APP, 1)
        changed = await apply_template(templates, NARROW, act=ACT, expected=1)
        assert changed == TemplateApplied(APP, 2, CHANGES, grants_ended=True)

    play(scenario)


@pytest.mark.parametrize(("applied", "expected", "newest"), [(0, 1, 0), (1, 0, 1), (2, 1, 2), (1, 2, 1)])
def test_a_change_of_what_somebody_else_has_changed_is_told_and_writes_nothing(
    play: Play, applied: int, expected: int, newest: int
) -> None:
    async def scenario(templates: TemplateStore) -> None:
        for definition in (TEMPLATE, NARROW)[:applied]:
            await apply_template(templates, definition, act=ACT)
        before = await templates.list_versions(APP)
        moved = await apply_template(templates, template(scope=("profile",)), act=ACT, expected=expected)
        assert moved == TemplateMoved(APP, newest)
        assert await templates.list_versions(APP) == before

    play(scenario)


def test_of_two_changes_at_once_one_is_told_that_it_came_second(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        await apply_template(templates, TEMPLATE, act=ACT)
        changes = (NARROW, template(names={}))
        done = await asyncio.gather(*(apply_template(templates, one, act=ACT, expected=1) for one in changes))
        assert sorted(type(one).__name__ for one in done) == ["TemplateApplied", "TemplateMoved"]
        assert [one.version for one in await templates.list_versions(APP)] == [2, 1]

    play(scenario)


def test_what_breaks_a_rule_is_told_and_writes_nothing(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        assert isinstance(await apply_template(templates, template(scope=()), act=ACT), Unfit)
        await apply_template(templates, TEMPLATE, act=ACT)
        public = template(token_endpoint_auth_method="none")
        assert isinstance(await apply_template(templates, public, act=ACT), Unfit)
        for reason in ("x" * (MAX_REASON + 1), "two\nlines"):
            assert isinstance(await apply_template(templates, NARROW, act=Act(reason=reason)), Unfit)
            assert isinstance(await disable_template(templates, APP, act=Act(reason=reason)), Unfit)
        assert [one.version for one in await templates.list_versions(APP)] == [1]

    play(scenario)


def test_a_roll_back_is_a_new_version_that_says_what_an_old_one_said(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        for definition in (TEMPLATE, NARROW):
            await apply_template(templates, definition, act=ACT)
        done = await roll_back(templates, APP, 1, act=Act("operator"))
        assert isinstance(done, TemplateApplied)
        assert (done.version, done.grants_ended) == (3, False)
        newest, _, oldest = await templates.list_versions(APP)
        assert (newest.metadata, newest.settings) == (oldest.metadata, oldest.settings)
        assert (newest.by, newest.reason) == ("operator", "rolled back to version 1")
        assert await roll_back(templates, APP, 3, act=ACT) == TemplateUnchanged(APP, 3)
        assert await roll_back(templates, APP, 4, act=ACT) == NoSuchVersion(APP, 4)
        assert await roll_back(templates, OTHER, 1, act=ACT) == NoSuchVersion(OTHER, 1)
        assert await roll_back(templates, APP, 2, act=ACT, expected=2) == TemplateMoved(APP, 3)

    play(scenario)


def test_the_history_says_who_when_why_and_what_page_by_page(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        for definition, reason in ((TEMPLATE, "first"), (NARROW, "second"), (TEMPLATE, "third")):
            await apply_template(templates, definition, act=replace(ACT, reason=reason))
        newest, second = await template_history(templates, APP, limit=2)
        (first,) = await template_history(templates, APP, before=2, limit=2)
        told = [(one.version.version, one.version.by, one.version.reason) for one in (newest, second, first)]
        assert told == [(3, "operator", "third"), (2, "operator", "second"), (1, "operator", "first")]
        assert newest.version.created == 4711
        assert second.diff == CHANGES
        assert newest.diff == tuple(MemberChange(one.member, one.after, one.before) for one in CHANGES)
        assert first.diff == document_diff({}, SHARED.document())
        assert await template_history(templates, OTHER) == ()

    play(scenario)


def test_a_template_is_shown_with_the_number_of_its_instances(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        await apply_template(templates, TEMPLATE, act=ACT)
        shown = await show_template(templates, APP)
        assert not isinstance(shown, NoSuchTemplate)
        assert (shown.template.metadata, shown.template.version, shown.instances) == (SHARED, 1, 0)
        assert await show_template(templates, OTHER) == NoSuchTemplate(OTHER)

    play(scenario)


def test_a_template_is_switched_off_and_on_once(play: Play) -> None:
    async def scenario(templates: TemplateStore) -> None:
        await apply_template(templates, TEMPLATE, act=ACT)
        assert await enable_template(templates, APP, act=ACT) == TemplateUnchanged(APP, 1)
        assert await disable_template(templates, APP, act=ACT) == TemplateStatusChanged(APP, INACTIVE)
        assert await disable_template(templates, APP, act=ACT) == TemplateUnchanged(APP, 1)
        await apply_template(templates, NARROW, act=ACT)
        found = await templates.find_template(APP)
        assert found is not None
        assert found.status == INACTIVE
        assert await enable_template(templates, APP, act=ACT) == TemplateStatusChanged(APP, ACTIVE)
        assert await disable_template(templates, OTHER, act=ACT) == NoSuchTemplate(OTHER)

    play(scenario)
