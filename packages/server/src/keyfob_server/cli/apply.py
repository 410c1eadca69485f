"""`keyfob apply`, and the same for clients and templates alone."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyfob_server.cli.account import AS_JSON
from keyfob_server.cli.acting import act, actor
from keyfob_server.cli.changes import DRY_RUN, REASON, YES, as_document, as_lines, confirm
from keyfob_server.cli.failures import CommandFailed, ExitCode, report
from keyfob_server.cli.output import count, echo, echo_json, plain
from keyfob_server.cli.place import settings
from keyfob_server.endpoints.configuration import (
    DocumentTools,
    Item,
    ItemChange,
    ItemMoved,
    ItemUnfit,
    apply_item,
    plan_item,
)
from keyfob_server.rules.acts import Act
from keyfob_server.rules.configured_clients import ConfiguredClient
from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.settings import Settings, SettingsError
from keyfob_server.settings.document_file import Document, read_document

if TYPE_CHECKING:
    from keyfob_server.composition.administration import Administration

STANDARD_INPUT = Path("/dev/stdin")
_PARTS: tuple[type[ConfiguredClient | TemplateDefinition], ...] = (ConfiguredClient, TemplateDefinition)


def apply_command(text: str, *parts: type[ConfiguredClient | TemplateDefinition]) -> click.Command:
    """The command `apply`, for those parts of a document, none: all of it."""

    @click.command("apply", help=text, short_help=text.partition(".")[0] + ".")
    @click.argument("file", metavar="FILE", type=click.Path(path_type=Path, allow_dash=True))
    @DRY_RUN
    @YES
    @REASON
    @AS_JSON
    def command(*, file: Path, dry_run: bool, yes: bool, reason: str, as_json: bool) -> None:
        here = settings()
        document = _read(STANDARD_INPUT if str(file) == "-" else file)
        items = tuple(item for item in _items(document) if not parts or isinstance(item, parts))
        if not items:
            raise CommandFailed(f"{file} says nothing that this command applies", ExitCode.REFUSED)
        _apply(here, document, items, Act(actor(), reason), dry_run=dry_run, yes=yes, as_json=as_json)

    return command


def _apply(
    here: Settings, document: Document, items: tuple[Item, ...], told: Act, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    planned: list[ItemChange | ItemMoved | ItemUnfit] = []
    act(here, lambda tools: _each(tools, here, items, None, planned))
    changes = _without_unfit(document, planned)
    different = any(change.effect != "unchanged" for change in changes)
    if not as_json:
        echo("\n".join(as_lines(change) for change in changes))
    if dry_run or not different:
        if as_json:
            echo_json({"dry_run": dry_run, "changes": [as_document(change) for change in changes]})
        else:
            echo("Nothing was changed.")
        return
    confirm("Make these changes?", yes=yes)
    done: list[ItemChange | ItemMoved | ItemUnfit] = []
    try:
        act(here, lambda tools: _each(tools, here, items, told, done))
    except Exception:
        _tell_of_a_part(done, items)
        raise
    moved = [one for one in done if not isinstance(one, ItemChange)]
    made = [one for one in done if isinstance(one, ItemChange)]
    if as_json:
        echo_json({"dry_run": False, "changes": [as_document(change) for change in made]})
    else:
        _tell(made)
    for one in moved:
        what = one.sentence if isinstance(one, ItemUnfit) else "somebody else changed it at this moment"
        report(f"{one.kind} {one.id} was left alone: {what}")
    if moved:
        raise CommandFailed("not everything was applied: run it again", ExitCode.REFUSED)


def _tell_of_a_part(done: list[ItemChange | ItemMoved | ItemUnfit], items: tuple[Item, ...]) -> None:
    """What is in force although the rest failed: secrets that were made are shown now or never."""
    made = [one for one in done if isinstance(one, ItemChange)]
    if made:
        _tell(made)
    report(f"only {len(done)} of {len(items)} things were applied; run it again when this is mended:")


def _tell(made: list[ItemChange]) -> None:
    changed = [one for one in made if one.effect != "unchanged"]
    echo(f"Applied {count(len(changed), 'change')}, in force at the next request.")
    if any(one.secret for one in made):
        echo("Secrets, shown this once (`keyfob client rotate-secret` makes another):")
        for one in made:
            if one.secret:
                echo(f"  {plain(one.id)}  {one.secret}")


async def _each(
    tools: "Administration",
    here: Settings,
    items: tuple[Item, ...],
    told: Act | None,
    done: list[ItemChange | ItemMoved | ItemUnfit],
) -> None:
    """Plan each, or apply it when there is an act to tell of; `done` grows as they are."""
    from keyfob_server.composition.configuration_acts import client_tools  # noqa: PLC0415 - heavy: --help needs it not

    work = DocumentTools(client_tools(tools, here), tools.store.templates, tools.store.stored_settings)
    for item in items:
        one = await plan_item(work, item) if told is None else await apply_item(work, item, act=told)
        done.append(one)


def _read(path: Path) -> Document:
    """All problems on standard error, each with its line; raises CommandFailed then."""
    try:
        return read_document(path, os.environ)
    except SettingsError as error:
        for problem in error.problems[:-1]:
            report(str(problem))
        raise CommandFailed(str(error.problems[-1])) from error


def _items(document: Document) -> tuple[Item, ...]:
    """Templates before the clients that may name them."""
    settled = tuple(one for one in (document.scopes, document.registration) if one is not None)
    return (*settled, *document.templates, *document.clients)


def _without_unfit(document: Document, planned: list[ItemChange | ItemMoved | ItemUnfit]) -> list[ItemChange]:
    sentences = []
    for one in planned:
        if isinstance(one, ItemUnfit):
            what = f"{one.kind} {one.id}".strip()
            sentences.append(f"{document.where(what)}: {what}: {one.sentence}")
    for sentence in sentences[:-1]:
        report(sentence)
    if sentences:
        raise CommandFailed(sentences[-1], ExitCode.REFUSED)
    return [one for one in planned if isinstance(one, ItemChange)]


apply = apply_command(
    "Make the database say what a document says of clients, templates, registration and scopes. What it does not name "
    "stays."
)
