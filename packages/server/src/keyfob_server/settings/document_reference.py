"""The reference of documents, as Markdown for docs/reference/clients.md."""

import sys
from typing import Final

from keyfob_server.rules.scope_texts import MAX_SCOPES, MAX_TEXT
from keyfob_server.settings.document_members import (
    CLIENT,
    DECIDED,
    METADATA,
    OVERRIDES,
    REGISTRATION,
    SCOPES,
    SECRET_ENV,
    TEMPLATE,
    Member,
)
from keyfob_server.settings.document_text import toml_value
from keyfob_server.settings.reference import form_of

INTRODUCTION: Final = """\
# Clients, templates and registration

This page is made from the table of members: `python -m keyfob_server.settings.document_reference >
docs/reference/clients.md`.

A document is a TOML file with any number of `[[client]]` and `[[template]]`, and at most one `[registration]` and one
`[scopes]`.
`keyfob apply FILE` makes the database say what the document says; `keyfob client apply` and `keyfob template apply`
take their part of it alone. First they show what would change; `--dry-run` stops there, `--yes` asks nobody. Then all
of it is written in one transaction, or nothing: when something that was shown was changed meanwhile, nothing is. What a
document does not name stays as it is: [how to](../how-to/clients.md).

A member that is no member is an error, with its line and the nearest name. A client that the settings file names
(`[registration_client]` of `keyfob.toml`) is changed there and nowhere else:
[decision 27](../adr/0027-documents-of-clients.md).

```toml
[[client]]
id = "orders-api"
client_name = "The orders API"
grant_types = ["client_credentials"]
introspection_scopes = ["orders"]

[[template]]
id = "orders-app"
client_name = "Orders"
application_type = "native"
redirect_uris = ["com.example.orders:/callback"]
scope = "openid profile"
grant_types = ["authorization_code", "refresh_token"]

[registration]
authenticate = "both"

[scopes]
orders = "See and change your orders"
```

`id` is required: 1 to 200 visible ASCII characters. That of a template is what apps send as `software_id`.
"""


SCOPE_TEXTS: Final = f"""\
## Scopes: `[{SCOPES}]`

What your own scopes let an app do, as the page says that asks for consent: at most {MAX_SCOPES} lines of a scope and a
text of at most {MAX_TEXT} characters. A scope without a text is shown by its name; the text of a scope of OpenID
Connect replaces ours. The document is the whole of it. Which scopes a registration may ask for stands in
`allowed_scopes`, those that a resource server guards in `introspection_scopes`.
"""


def reference() -> str:
    """The page. Every member is on it."""
    return "\n".join(
        (
            INTRODUCTION,
            _section("Metadata", f"Of `[[{CLIENT}]]` and `[[{TEMPLATE}]]`, in the words of RFC 7591.", METADATA),
            _section("What the operator decides", "No registration can say these.", (*DECIDED, SECRET_ENV)),
            _section(
                f"Registration: `[{REGISTRATION}]`",
                "Lies over what `keyfob.toml` says, in force at the next request. The document is the whole of it: a "
                "member that it leaves out is again as `keyfob.toml` says.",
                OVERRIDES,
            ),
            SCOPE_TEXTS,
        )
    )


def _section(title: str, words: str, members: tuple[Member, ...]) -> str:
    rows = "\n".join(_row(member) for member in members)
    return f"## {title}\n\n{words}\n\n| member | of | value | default | meaning |\n|---|---|---|---|---|\n{rows}\n"


def _row(member: Member) -> str:
    default = "" if member.default is None else f"`{toml_value(member.default)}`"
    unit = f", {member.unit}" if member.unit else ""
    tables = ", ".join(member.tables)
    return f"| `{member.name}` | {tables} | {form_of(member.kind)}{unit} | {default} | {member.doc} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
