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
from keyfob_server.endpoints.administration import Unfit
from keyfob_server.endpoints.configuration import (
    DocumentMoved,
    DocumentTools,
    Item,
    ItemChange,
    ItemPlan,
    ItemUnfit,
    apply_document,
    plan_document,
)
from keyfob_server.endpoints.templates import TemplateTools
from keyfob_server.ports.storage import StorageUnavailable
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
    plans = _without_unfit(document, act(here, lambda tools: plan_document(_work(tools, here), items)))
    shown = [plan.shown for plan in plans]
    if not as_json:
        echo("\n".join(as_lines(change) for change in shown))
    if dry_run or not any(change.effect != "unchanged" for change in shown):
        if as_json:
            echo_json({"dry_run": dry_run, "changes": [as_document(change) for change in shown]})
        else:
            echo("Nothing was changed.")
        return
    confirm("Make these changes?", yes=yes)
    made = _done(here, plans, told)
    if as_json:
        echo_json({"dry_run": False, "changes": [as_document(change) for change in made]})
    else:
        _tell(made)


def _done(here: Settings, plans: list[ItemPlan], told: Act) -> tuple[ItemChange, ...]:
    """Raises CommandFailed when something was changed since it was shown."""
    try:
        outcome = act(here, lambda tools: apply_document(_work(tools, here), plans, act=told))
    except StorageUnavailable:
        report("all of a document is applied, or nothing: --dry-run says whether something is left")
        raise
    match outcome:
        case DocumentMoved(moved=moved):
            names = ", ".join(f"{one.kind} {one.id}".strip() for one in moved) or "something"
            sentence = f"{names}: changed by somebody else since it was shown; nothing was applied, run it again"
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case Unfit(sentence):
            raise CommandFailed(sentence, ExitCode.REFUSED)
        case made:
            return made


def _work(tools: "Administration", here: Settings) -> DocumentTools:
    from keyfob_server.composition.configuration_acts import client_tools  # noqa: PLC0415 - heavy: --help needs it not

    store = tools.store
    templates = TemplateTools(store.templates, here.policy.authenticators)
    return DocumentTools(client_tools(tools, here), templates, store.stored_settings, store.documents)


def _tell(made: tuple[ItemChange, ...]) -> None:
    changed = [one for one in made if one.effect != "unchanged"]
    echo(f"Applied {count(len(changed), 'change')}, in force at the next request.")
    if any(one.secret for one in made):
        echo("Secrets, shown this once (`keyfob client rotate-secret` makes another):")
        for one in made:
            if one.secret:
                echo(f"  {plain(one.id)}  {one.secret}")


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


def _without_unfit(document: Document, planned: list[ItemPlan | ItemUnfit]) -> list[ItemPlan]:
    sentences = []
    for one in planned:
        if isinstance(one, ItemUnfit):
            what = f"{one.kind} {one.id}".strip()
            sentences.append(f"{document.where(what)}: {what}: {one.sentence}")
    for sentence in sentences[:-1]:
        report(sentence)
    if sentences:
        raise CommandFailed(sentences[-1], ExitCode.REFUSED)
    return [one for one in planned if isinstance(one, ItemPlan)]


apply = apply_command(
    "Make the database say what a document says of clients, templates, registration and scopes. It is applied as a "
    "whole or not at all; what it does not name stays."
)
