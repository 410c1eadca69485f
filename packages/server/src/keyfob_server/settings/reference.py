"""The reference of all settings, as Markdown for docs/reference/settings.md."""

import json
import sys
from typing import assert_never

from keyfob_server.settings.kinds import Choice, Flag, Kind, Text, Value, Whole, Words
from keyfob_server.settings.setting import Setting
from keyfob_server.settings.table import OTHER_VARIABLES, SETTINGS

INTRODUCTION = """\
# Settings

This page is made from the table of settings: `python -m keyfob_server.settings.reference > docs/reference/settings.md`.

`keyfob` reads one TOML file and the `KEYFOB_*` environment variables. A variable wins over the file, the file over the
default. The file is the one that `--config` names, else `KEYFOB_CONFIG`, else `keyfob.toml` in the current folder, else
`keyfob.toml` in the data folder. Relative paths start at the file's folder.

In a variable, a list is its entries with spaces between, and a flag is `true` or `false`. A key or a `KEYFOB_*`
variable that is no setting is an error, since a mistyped one would otherwise go unnoticed. `keyfob check-config` checks
everything and names each problem by file, line and key; `keyfob check-config --show` prints each value and where it
came from.

| problem | message |
|---|---|
| a mistyped key | `keyfob.toml:3: lifetimes.code: is no setting; did you mean lifetimes.code_s?` |
| a wrong value | `keyfob.toml:2: port: must be a whole number from 0 to 65535, not '8443'` |
| a wrong variable | `environment: KEYFOB_PORT: must be a whole number from 0 to 65535, not 'http'` |

Kubernetes puts variables of its own into containers beside a service named `keyfob` (`KEYFOB_PORT` among them); set
`enableServiceLinks: false` there, or name the service otherwise.
"""

TABLES = {
    "": ("The server", "Plain names at the top of the file, above all tables."),
    "paths": ("Paths", "Below `base_url`. The defaults are those that existing apps know."),
    "registration": ("Registration", "What apps may register."),
    "registration_client": ("The registration client", "The public client that the app is shipped with."),
    "lifetimes": ("Lifetimes", "How long things live."),
    "tokens": ("Tokens and sign-in", "What tokens say, and how clients prove themselves."),
    "passwords": ("Passwords", "Which nobody may choose: [decision 31](../adr/0031-known-passwords.md)."),
    "limits": ("Limits", "How often somebody may fail: [decision 20](../adr/0020-limits-that-lock-nobody-out.md)."),
    "outbound": (
        "Outbound requests",
        "What may be fetched when a registration names it ([decision 18](../adr/0018-what-the-server-fetches.md)).",
    ),
    "instances": ("Instances", "When an instance that nobody uses ends by itself."),
    "storage": ("Storage", "How large the database may become, and how much room its disk should have."),
    "keys": ("Signing keys", "How `keyfob keys rotate` changes them without anybody noticing."),
}


def reference() -> str:
    """The page. Every setting and every other variable is on it."""
    sections = [_section(table) for table in TABLES]
    others = "\n".join(f"| `{name}` | {doc} |" for name, doc in OTHER_VARIABLES.items())
    variables = f"## Variables that are no settings\n\n| variable | what it is |\n|---|---|\n{others}\n"
    example = f"## Every setting with its default\n\n```toml\n{example_file()}```\n"
    return "\n".join([INTRODUCTION, *sections, variables, example])


def example_file() -> str:
    """A TOML file that states every default, and the least that has none."""
    parts = []
    for table in TABLES:
        lines = [f"[{table}]"] if table else []
        for setting in _of(table):
            default = "https://id.example.com" if setting.default is None else setting.default
            lines.append(f"{setting.key.rpartition('.')[2]} = {toml(default)}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def toml(value: Value) -> str:
    """A value as TOML spells it. JSON's texts are TOML's, and so are its lists, numbers and flags."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


def _section(table: str) -> str:
    title, words = TABLES[table]
    heading = f"## {title}: `[{table}]`" if table else f"## {title}"
    rows = "\n".join(_row(setting) for setting in _of(table))
    return f"{heading}\n\n{words}\n\n| key | variable | value | default | meaning |\n|---|---|---|---|---|\n{rows}\n"


def _row(setting: Setting) -> str:
    default = "none: required" if setting.default is None else f"`{toml(setting.default)}`"
    unit = f", {setting.unit}" if setting.unit else ""
    name = setting.key.rpartition(".")[2]
    return f"| `{name}` | `{setting.variable}` | {form_of(setting.kind)}{unit} | {default} | {setting.doc} |"


def form_of(kind: Kind) -> str:
    match kind:
        case Text(form=form):
            return form
        case Words(form=form):
            return f"list of {form}"
        case Whole(least, most):
            return f"{least} to {most}"
        case Flag():
            return "true or false"
        case Choice(options):
            return ", ".join(f"`{option}`" for option in options)
        case _:
            assert_never(kind)


def _of(table: str) -> list[Setting]:
    return [setting for setting in SETTINGS if setting.table == table]


if __name__ == "__main__":
    sys.stdout.write(reference())
