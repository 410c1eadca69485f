"""`keyfob template ...`"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Never

import click

from keyfob_protocol.identifiers import ClientId
from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.apply import apply_command
from keyfob_server.cli.changes import REASON, YES, confirm, diff_document, diff_lines
from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import count, echo, echo_json, plain, table, utc
from keyfob_server.cli.place import settings
from keyfob_server.endpoints import templates as acts
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.ports.templates import TemplateStore
from keyfob_server.rules.acts import Act
from keyfob_server.rules.template_changes import TemplateDefinition, template_document
from keyfob_server.rules.templates import Template
from keyfob_server.settings import Settings
from keyfob_server.settings.document_text import template_text

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration


@click.group("template")
def template() -> None:
    """Templates: what the instances of an app share. A change is in force at their next request."""


template.add_command(
    apply_command("Make templates as a document says. Its other parts are left alone.", TemplateDefinition)
)


@template.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="The most to print.")
@click.option("--after", default="", metavar="TEMPLATE_ID", help="Begin behind this one.")
@AS_JSON
def list_(*, limit: int, after: str, as_json: bool) -> None:
    """List templates by id."""
    found = act(settings(), lambda tools: tools.store.templates.list_templates(after=after, limit=limit))
    following = found[-1].id if len(found) == limit else None
    if as_json:
        echo_json({"templates": [_document(one) for one in found], "next": following})
        return
    rows = [
        (one.id, one.metadata.client_name, one.status, str(one.version), " ".join(one.metadata.scope)) for one in found
    ]
    echo(table(("TEMPLATE ID", "NAME", "STATUS", "VERSION", "SCOPE"), rows))
    if following:
        click.echo(f"There may be more: --after {plain(following)}", err=True)


@template.command("show")
@click.argument("template_id")
@AS_JSON
def show(template_id: str, *, as_json: bool) -> None:
    """Show a template as the document that `keyfob template apply` takes."""
    found = act(settings(), lambda tools: acts.show_template(tools.store.templates, ClientId(template_id)))
    if isinstance(found, acts.NoSuchTemplate):
        _missing(template_id)
    if as_json:
        echo_json(_document(found.template) | {"instances": found.instances})
        return
    one = found.template
    echo(f"# {plain(one.status)}, version {one.version}, {count(found.instances, 'instance')}")
    echo(template_text(one.id, one).rstrip("\n"))


@template.command("history")
@click.argument("template_id")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="The most to print.")
@click.option("--before", type=click.IntRange(1), metavar="VERSION", help="Begin before this one.")
@AS_JSON
def history(template_id: str, *, limit: int, before: int | None, as_json: bool) -> None:
    """Show who changed a template, when, why and what, newest first."""
    found = act(
        settings(),
        lambda tools: acts.template_history(tools.store.templates, ClientId(template_id), before=before, limit=limit),
    )
    if not found and before is None:
        _missing(template_id)
    if as_json:
        echo_json({"versions": [_version(one) for one in found]})
        return
    for one in found:
        said = f": {one.version.reason}" if one.version.reason else ""
        echo(plain(f"version {one.version.version}, {utc(one.version.created)}, {one.version.by}{said}"))
        for line in diff_lines(one.diff):
            echo(line)


@template.command("rollback", short_help="Make a template say again what an older version said.")
@click.argument("template_id")
@click.argument("version", type=click.IntRange(1))
@REASON
@YES
@AS_JSON
def rollback(template_id: str, version: int, *, reason: str, yes: bool, as_json: bool) -> None:
    """Make a template say again what an older version said. That is a new version; none is lost."""
    here = settings()
    confirm(f"Take {plain(template_id)} back to version {version}?", yes=yes)
    told = Act(actor(), reason)
    match act(here, lambda opened: acts.roll_back(_tools(opened, here), ClientId(template_id), version, act=told)):
        case acts.TemplateApplied() as done:
            if as_json:
                echo_json(
                    {"id": template_id, "version": done.version, "ends_tokens": done.grants_ended,
                     "diff": diff_document(done.diff)}
                )  # fmt: skip
                return
            ended = " People sign in again: it takes something away." if done.grants_ended else ""
            echo("\n".join([f"{plain(template_id)} is at version {done.version}.{ended}", *diff_lines(done.diff)]))
        case acts.TemplateUnchanged():
            if as_json:
                echo_json({"id": template_id, "version": None, "ends_tokens": False, "diff": []})
            else:
                echo(f"{plain(template_id)} says what version {version} said. Nothing was changed.")
        case acts.NoSuchVersion():
            raise CommandFailed(f"there is no version {version} of a template {template_id}", ExitCode.NOT_FOUND)
        case other:
            _refuse(other, template_id)


@template.command("disable", short_help="Suspend an app with all its instances.")
@click.argument("template_id")
@REASON
@YES
def disable(template_id: str, *, reason: str, yes: bool) -> None:
    """Suspend a template: all its instances are suspended at once, and it registers no new ones."""
    confirm(f"Suspend {plain(template_id)} with all its instances?", yes=yes)
    _set_status(template_id, reason, acts.disable_template)
    echo(f"Disabled {plain(template_id)}: what its instances had is dead. `keyfob template enable` undoes it.")


@template.command("enable", short_help="Let a disabled app return.")
@click.argument("template_id")
@REASON
def enable(template_id: str, *, reason: str) -> None:
    """Let a disabled template and its instances return. What they had before stays dead: people sign in again."""
    _set_status(template_id, reason, acts.enable_template)
    echo(f"Enabled {plain(template_id)}.")


_Outcome = acts.TemplateStatusChanged | acts.TemplateUnchanged | acts.NoSuchTemplate | Unfit


def _set_status(template_id: str, reason: str, change: Callable[..., Awaitable[_Outcome]]) -> None:
    told = Act(actor(), reason)

    async def do(templates: TemplateStore) -> _Outcome:
        return await change(templates, ClientId(template_id), act=told)

    outcome = act(settings(), lambda tools: do(tools.store.templates))
    if not isinstance(outcome, acts.TemplateStatusChanged | acts.TemplateUnchanged):
        _refuse(outcome, template_id)


def _tools(opened: "Administration", here: Settings) -> acts.TemplateTools:
    return acts.TemplateTools(opened.store.templates, here.policy.authenticators)


def _refuse(outcome: acts.TemplateMoved | acts.NoSuchTemplate | Unfit, template_id: str) -> Never:
    match outcome:
        case acts.TemplateMoved():
            raise CommandFailed("somebody else changed it at this moment: run it again", ExitCode.REFUSED)
        case acts.NoSuchTemplate():
            _missing(template_id)
        case Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)


def _missing(template_id: str) -> Never:
    raise CommandFailed(f"there is no template {template_id}", ExitCode.NOT_FOUND)


def _document(one: Template) -> dict[str, object]:
    return {
        "id": one.id,
        "status": one.status,
        "version": one.version,
        "generation": one.generation,
        "document": template_document(one),
    }


def _version(one: acts.ShownVersion) -> dict[str, object]:
    version = one.version
    return {
        "version": version.version,
        "created": version.created,
        "by": version.by,
        "reason": version.reason,
        "diff": diff_document(one.diff),
        "document": template_document(version),
    }
