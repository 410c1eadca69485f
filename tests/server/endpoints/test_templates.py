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
    TemplateTools,
    TemplateUnchanged,
    apply_template,
    disable_template,
    enable_template,
    plan_template,
    roll_back,
    show_template,
    template_history,
)
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.document_diff import MemberChange, document_diff
from keyfob_server.rules.records import ACTIVE, INACTIVE
from support_engines import Database, Sqlite
from support_templates import ACT, APP, SHARED, TEMPLATE, template, tools_of

OTHER = ClientId("other")
NARROW = template(ClientSettings(access_token_lifetime_s=60), scope=("openid",))
CHANGES = (
    MemberChange("access_token_lifetime_s", None, 60),
    MemberChange("scope", "openid profile", "openid"),
)


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Callable[[TemplateTools], Awaitable[None]]], None]:
    """Run a scenario over the templates of a new database."""
    engine = Sqlite()
    database = Database(engine, engine.create(tmp_path))

    def run(scenario: Callable[[TemplateTools], Awaitable[None]]) -> None:
        database.run(lambda store: scenario(tools_of(store)), lambda: 4711)

    return run


Play = Callable[[Callable[[TemplateTools], Awaitable[None]]], None]


def test_a_plan_says_what_would_change_and_writes_nothing(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        first = await plan_template(tools, TEMPLATE)
        assert first == TemplatePlan(TEMPLATE, 0, document_diff({}, SHARED.document()), ends_grants=False)
        assert await tools.templates.find_template(APP) is None
        await apply_template(tools, TEMPLATE, act=ACT)
        assert await plan_template(tools, NARROW) == TemplatePlan(NARROW, 1, CHANGES, ends_grants=True)
        assert await plan_template(tools, TEMPLATE) == TemplateUnchanged(APP, 1)
        assert len(await tools.templates.list_versions(APP)) == 1

    play(scenario)


def test_applying_makes_a_version_and_says_what_it_changed(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        added = await apply_template(tools, template(software_id=""), act=ACT)
        assert added == TemplateApplied(APP, 1, document_diff({}, SHARED.document()), grants_ended=False)
        assert await apply_template(tools, TEMPLATE, act=ACT) == TemplateUnchanged(APP, 1)
        changed = await apply_template(tools, NARROW, act=ACT, expected=1)
        assert changed == TemplateApplied(APP, 2, CHANGES, grants_ended=True)

    play(scenario)


@pytest.mark.parametrize(("applied", "expected", "newest"), [(0, 1, 0), (1, 0, 1), (2, 1, 2), (1, 2, 1)])
def test_a_change_of_what_somebody_else_has_changed_is_told_and_writes_nothing(
    play: Play, applied: int, expected: int, newest: int
) -> None:
    async def scenario(tools: TemplateTools) -> None:
        for definition in (TEMPLATE, NARROW)[:applied]:
            await apply_template(tools, definition, act=ACT)
        before = await tools.templates.list_versions(APP)
        moved = await apply_template(tools, template(scope=("profile",)), act=ACT, expected=expected)
        assert moved == TemplateMoved(APP, newest)
        assert await tools.templates.list_versions(APP) == before

    play(scenario)


def test_of_two_changes_at_once_one_is_told_that_it_came_second(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        await apply_template(tools, TEMPLATE, act=ACT)
        changes = (NARROW, template(names={}))
        done = await asyncio.gather(*(apply_template(tools, one, act=ACT, expected=1) for one in changes))
        assert sorted(type(one).__name__ for one in done) == ["TemplateApplied", "TemplateMoved"]
        assert [one.version for one in await tools.templates.list_versions(APP)] == [2, 1]

    play(scenario)


def test_what_breaks_a_rule_is_told_and_writes_nothing(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        assert isinstance(await apply_template(tools, template(scope=()), act=ACT), Unfit)
        await apply_template(tools, TEMPLATE, act=ACT)
        public = template(token_endpoint_auth_method="none")
        assert isinstance(await apply_template(tools, public, act=ACT), Unfit)
        for reason in ("x" * (MAX_REASON + 1), "two\nlines"):
            assert isinstance(await apply_template(tools, NARROW, act=Act(reason=reason)), Unfit)
            assert isinstance(await disable_template(tools.templates, APP, act=Act(reason=reason)), Unfit)
        assert [one.version for one in await tools.templates.list_versions(APP)] == [1]

    play(scenario)


def test_a_way_to_sign_in_that_there_is_not_is_refused_also_by_going_back_to_it(play: Play) -> None:
    """Nobody could sign in through the template's instances."""
    gone = template(ClientSettings(allowed_authenticators=("Passkey",)))
    refused = Unfit(
        "allowed_authenticators: Passkey is none of Username-Password, "
        "urn:se:curity:authentication:html-form:Username-Password"
    )

    async def scenario(tools: TemplateTools) -> None:
        assert await plan_template(tools, gone) == refused
        assert await apply_template(tools, gone, act=ACT) == refused
        assert await tools.templates.find_template(APP) is None
        before = replace(tools, authenticators=frozenset({"Passkey"}))
        for definition in (gone, TEMPLATE):
            assert isinstance(await apply_template(before, definition, act=ACT), TemplateApplied)
        assert await roll_back(tools, APP, 1, act=ACT) == refused
        assert [one.version for one in await tools.templates.list_versions(APP)] == [2, 1]

    play(scenario)


def test_a_roll_back_is_a_new_version_that_says_what_an_old_one_said(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        for definition in (TEMPLATE, NARROW):
            await apply_template(tools, definition, act=ACT)
        done = await roll_back(tools, APP, 1, act=Act("operator"))
        assert isinstance(done, TemplateApplied)
        assert (done.version, done.grants_ended) == (3, False)
        newest, _, oldest = await tools.templates.list_versions(APP)
        assert (newest.metadata, newest.settings) == (oldest.metadata, oldest.settings)
        assert (newest.by, newest.reason) == ("operator", "rolled back to version 1")
        assert await roll_back(tools, APP, 3, act=ACT) == TemplateUnchanged(APP, 3)
        assert await roll_back(tools, APP, 4, act=ACT) == NoSuchVersion(APP, 4)
        assert await roll_back(tools, OTHER, 1, act=ACT) == NoSuchVersion(OTHER, 1)
        assert await roll_back(tools, APP, 2, act=ACT, expected=2) == TemplateMoved(APP, 3)

    play(scenario)


def test_the_history_says_who_when_why_and_what_page_by_page(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        for definition, reason in ((TEMPLATE, "first"), (NARROW, "second"), (TEMPLATE, "third")):
            await apply_template(tools, definition, act=replace(ACT, reason=reason))
        newest, second = await template_history(tools.templates, APP, limit=2)
        (first,) = await template_history(tools.templates, APP, before=2, limit=2)
        told = [(one.version.version, one.version.by, one.version.reason) for one in (newest, second, first)]
        assert told == [(3, "operator", "third"), (2, "operator", "second"), (1, "operator", "first")]
        assert newest.version.created == 4711
        assert second.diff == CHANGES
        assert newest.diff == tuple(MemberChange(one.member, one.after, one.before) for one in CHANGES)
        assert first.diff == document_diff({}, SHARED.document())
        assert await template_history(tools.templates, OTHER) == ()

    play(scenario)


def test_a_template_is_shown_with_the_number_of_its_instances(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        await apply_template(tools, TEMPLATE, act=ACT)
        shown = await show_template(tools.templates, APP)
        assert not isinstance(shown, NoSuchTemplate)
        assert (shown.template.metadata, shown.template.version, shown.instances) == (SHARED, 1, 0)
        assert await show_template(tools.templates, OTHER) == NoSuchTemplate(OTHER)

    play(scenario)


def test_a_template_is_switched_off_and_on_once(play: Play) -> None:
    async def scenario(tools: TemplateTools) -> None:
        await apply_template(tools, TEMPLATE, act=ACT)
        assert await enable_template(tools.templates, APP, act=ACT) == TemplateUnchanged(APP, 1)
        assert await disable_template(tools.templates, APP, act=ACT) == TemplateStatusChanged(APP, INACTIVE)
        assert await disable_template(tools.templates, APP, act=ACT) == TemplateUnchanged(APP, 1)
        await apply_template(tools, NARROW, act=ACT)
        found = await tools.templates.find_template(APP)
        assert found is not None
        assert found.status == INACTIVE
        assert await enable_template(tools.templates, APP, act=ACT) == TemplateStatusChanged(APP, ACTIVE)
        assert await disable_template(tools.templates, OTHER, act=ACT) == NoSuchTemplate(OTHER)

    play(scenario)
