"""What would change, as people and programs see it, and the question before it does."""

import json
import sys
from collections.abc import Iterable
from typing import Final

import click

from keyfob_server.cli.failures import CommandFailed, ExitCode
from keyfob_server.cli.output import plain
from keyfob_server.endpoints.administration import MAX_REASON
from keyfob_server.endpoints.configuration import ItemChange
from keyfob_server.rules.accounts import is_plain_text
from keyfob_server.rules.document_diff import MemberChange

YES = click.option("--yes", is_flag=True, help="Do it without a question.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Only show what would change.")


def reason_of(_ctx: click.Context, _parameter: click.Parameter, text: str) -> str:
    """Raises CommandFailed for what no row should hold."""
    if len(text) > MAX_REASON or not is_plain_text(text):
        sentence = f"a reason has at most {MAX_REASON} characters, and no control characters"
        raise CommandFailed(sentence, ExitCode.REFUSED)
    return text


REASON = click.option("--reason", default="", callback=reason_of, help="Kept in the audit.")

_WORDS: Final = {"add": "new", "change": "changed", "unchanged": "as it is"}


def confirm(question: str, *, yes: bool) -> None:
    """Raises CommandFailed unless somebody says yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandFailed("there is no terminal to ask: say --yes", ExitCode.REFUSED)
    if not click.confirm(question, err=True):
        raise CommandFailed("nothing was changed", ExitCode.REFUSED)


def as_lines(change: ItemChange) -> str:
    notes = [_WORDS[change.effect]]
    if change.ends_tokens:
        notes.append("what was issued to it ends, people sign in again")
    if change.makes_secret:
        notes.append("a secret is made")
    if change.sets_secret:
        notes.append("the secret becomes the one that was given")
    head = plain(f"{change.kind} {change.id}".strip())
    return "\n".join([f"{head}: {', '.join(notes)}", *diff_lines(change.diff)])


def diff_lines(diff: Iterable[MemberChange]) -> list[str]:
    lines = []
    for one in diff:
        if one.before is None:
            lines.append(f"  + {one.member} = {_value(one.after)}")
        elif one.after is None:
            lines.append(f"  - {one.member} = {_value(one.before)}")
        else:
            lines.append(f"  ~ {one.member} = {_value(one.before)} -> {_value(one.after)}")
    return [plain(line) for line in lines]


def as_document(change: ItemChange) -> dict[str, object]:
    document: dict[str, object] = {
        "kind": change.kind,
        "id": change.id,
        "effect": change.effect,
        "ends_tokens": change.ends_tokens,
        "diff": diff_document(change.diff),
    }
    return document | ({"client_secret": change.secret} if change.secret else {})


def diff_document(diff: Iterable[MemberChange]) -> list[dict[str, object]]:
    return [{"member": one.member, "before": one.before, "after": one.after} for one in diff]


def _value(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
