"""`keyfob apply`: the diff first, then everything that a document says, and nothing that it does not."""

import json
import re
from pathlib import Path

import pytest

from keyfob_protocol.identifiers import ClientId
from support_keyfob_program import Installation, keyfob_in_terminal
from support_sql import change, value
from support_sqlite_faults import write_lock

pytestmark = pytest.mark.slow

DOCUMENT = """
[registration]
authenticate = "both"

[[template]]
id = "orders-app"
client_name = "Orders"
application_type = "native"
redirect_uris = ["com.example.orders:/callback"]
scope = "openid profile"

[[client]]
id = "orders-api"
client_name = "The orders API"
grant_types = ["client_credentials"]
introspection_scopes = ["orders"]
"""


def written(installation: Installation, text: str = DOCUMENT) -> str:
    (installation.folder / "document.toml").write_text(text, encoding="utf-8")
    return "document.toml"


def nothing_is_there(installation: Installation) -> bool:
    """Also no row of the audit, but that of the account that came with the installation."""
    tables = ("clients", "client_templates", "client_template_versions", "audit")
    counts = [value(installation.database, f"select count(*) from {name}") for name in tables]  # noqa: S608 - names of ours
    return counts == [0, 0, 0, 1]


def changes(
    installation: Installation, *arguments: str, env: dict[str, str] | None = None
) -> dict[str, tuple[str, int]]:
    """By kind and id: the effect, and the number of members."""
    listed = installation.keyfob(*arguments, "--json", env=env).document()["changes"]
    assert isinstance(listed, list)
    return {f"{one['kind']} {one['id']}".strip(): (one["effect"], len(one["diff"])) for one in listed}


def test_a_dry_run_shows_what_would_change_and_changes_nothing(installation: Installation) -> None:
    done = installation.keyfob("apply", written(installation), "--dry-run")
    assert done.code == 0
    assert "client orders-api: new, a secret is made\n" in done.out
    assert '  + client_name = "Orders"\n' in done.out
    assert done.out.endswith("Nothing was changed.\n")
    assert installation.keyfob("client", "list", "--json").document()["clients"] == []
    assert installation.keyfob("template", "list", "--json").document()["templates"] == []


def test_what_was_applied_is_as_it_is_the_second_time(installation: Installation) -> None:
    file = written(installation)
    assert changes(installation, "apply", file, "--yes") == {
        "registration": ("change", 1), "template orders-app": ("add", 10), "client orders-api": ("add", 8),
    }  # fmt: skip
    again = changes(installation, "apply", file)
    assert set(again.values()) == {("unchanged", 0)}
    wider = DOCUMENT.replace('"openid profile"', '"openid profile email"')
    done = installation.keyfob("apply", written(installation, wider), "--yes")
    assert '  ~ scope = "openid profile" -> "openid profile email"\n' in done.out
    assert "Applied 1 change, in force at the next request.\n" in done.out


def test_what_takes_something_away_is_told_in_the_diff(installation: Installation) -> None:
    installation.keyfob("apply", written(installation), "--yes")
    narrower = DOCUMENT.replace('"openid profile"', '"openid"')
    done = installation.keyfob("apply", written(installation, narrower), "--dry-run")
    assert "template orders-app: changed, what was issued to it ends, people sign in again\n" in done.out


def test_the_secret_that_was_made_is_shown_once_and_kept_as_a_hash(installation: Installation) -> None:
    document = installation.keyfob("apply", written(installation), "--yes", "--json").document()
    listed = document["changes"]
    assert isinstance(listed, list)
    (secret,) = [one["client_secret"] for one in listed if "client_secret" in one]
    assert len(secret) == 43
    assert secret not in json.dumps(installation.keyfob("apply", "document.toml", "--json").document())
    assert secret.encode() not in installation.database.read_bytes()


def test_a_secret_of_ones_own_comes_from_the_environment(installation: Installation) -> None:
    file = written(installation, DOCUMENT + 'secret_env = "ORDERS_SECRET"\n')
    assert "there is no variable ORDERS_SECRET" in installation.keyfob("apply", file, "--yes").refusal(1)
    first, second = {"ORDERS_SECRET": "a" * 40}, {"ORDERS_SECRET": "b" * 40}
    assert changes(installation, "client", "apply", file, "--yes", env=first) == {"client orders-api": ("add", 8)}
    assert changes(installation, "client", "apply", file, env=first) == {"client orders-api": ("unchanged", 0)}
    assert changes(installation, "client", "apply", file, "--yes", env=second) == {"client orders-api": ("change", 0)}


def test_the_texts_of_scopes_are_the_whole_of_what_the_document_says(installation: Installation) -> None:
    both = written(installation, '[scopes]\norders = "See orders"\npayments = "Pay for you"\n')
    assert changes(installation, "apply", both, "--yes") == {"scopes": ("change", 2)}
    one = written(installation, '[scopes]\norders = "See your orders"\n')
    done = installation.keyfob("apply", one, "--yes")
    assert done.out.startswith(
        'scopes: changed\n  ~ orders = "See orders" -> "See your orders"\n  - payments = "Pay for you"\n'
    )
    assert changes(installation, "apply", one) == {"scopes": ("unchanged", 0)}
    refusal = installation.keyfob("apply", written(installation, '[scopes]\ndcr = "Register"\n')).refusal(4)
    assert refusal == "document.toml:1: scopes: dcr has a page of its own, and no text"


def test_a_failure_at_the_last_entry_leaves_nothing_and_shows_no_secret(installation: Installation) -> None:
    second = '[[client]]\nid = "second"\ngrant_types = ["client_credentials"]\nintrospection_scopes = ["orders"]\n'
    file = written(installation, DOCUMENT + second)
    refuses = "create trigger full before insert on clients when new.client_id = 'second'"
    change(installation.database, f"{refuses} begin select raise(abort, 'no'); end")
    done = installation.keyfob("apply", file, "--yes")
    assert done.code == 1
    assert done.err == "keyfob: IntegrityError: no (`keyfob --debug ...` shows where)\n"
    assert "Applied" not in done.out
    assert re.search(r"[A-Za-z0-9_-]{43}", done.out) is None
    assert nothing_is_there(installation)
    change(installation.database, "drop trigger full")
    assert changes(installation, "apply", file, "--yes")["client second"] == ("add", 7)


def test_a_database_that_is_busy_is_told_with_what_became_of_the_document(installation: Installation) -> None:
    file = written(installation)
    with write_lock(installation.database):
        done = installation.keyfob("apply", file, "--yes")
    assert done.code == 5
    assert done.err == (
        "keyfob: all of a document is applied, or nothing: --dry-run says whether something is left\n"
        "keyfob: cannot begin: database is locked\n"
    )
    assert nothing_is_there(installation)


def test_what_somebody_changed_while_a_person_was_asked_refuses_the_document(installation: Installation) -> None:
    assert installation.keyfob("apply", written(installation), "--yes").code == 0
    wider = DOCUMENT.replace('"openid profile"', '"openid profile email"').replace("The orders API", "Orders")
    file = written(installation, wider)

    def meanwhile() -> None:
        assert installation.keyfob("client", "remove", "orders-api", "--yes").code == 0

    code, shown = keyfob_in_terminal("apply", file, cwd=installation.folder, typed="y\n", before_typing=meanwhile)
    assert code == 4
    assert shown.endswith(
        "keyfob: client orders-api: changed by somebody else since it was shown; nothing was applied, run it again\r\n"
    )
    template = installation.keyfob("template", "show", "orders-app", "--json").document()
    assert template["version"] == 1
    done = installation.keyfob("apply", file, "--yes", "--json").document()["changes"]
    assert isinstance(done, list)
    assert [one["effect"] for one in done] == ["unchanged", "change", "change"]


def test_without_a_terminal_nothing_happens_unless_somebody_says_yes(installation: Installation) -> None:
    done = installation.keyfob("apply", written(installation))
    assert (done.code, done.err) == (4, "keyfob: there is no terminal to ask: say --yes\n")
    assert installation.keyfob("client", "list", "--json").document()["clients"] == []


def test_at_a_terminal_a_person_is_asked(installation: Installation) -> None:
    file = written(installation)
    assert keyfob_in_terminal("apply", file, cwd=installation.folder, typed="n\n")[0] == 4
    assert installation.keyfob("client", "show", "orders-api").code == 3
    assert keyfob_in_terminal("apply", file, cwd=installation.folder, typed="y\n")[0] == 0
    assert installation.keyfob("client", "show", "orders-api").code == 0


@pytest.mark.parametrize(("group", "kind"), [("client", "client orders-api"), ("template", "template orders-app")])
def test_one_kind_is_applied_alone(installation: Installation, group: str, kind: str) -> None:
    assert set(changes(installation, group, "apply", written(installation), "--yes")) == {kind}
    nothing = written(installation, '[registration]\nauthenticate = "user"\n')
    assert "says nothing that this command applies" in installation.keyfob(group, "apply", nothing).refusal(4)


def test_one_bad_client_refuses_the_whole_document_with_its_line(installation: Installation) -> None:
    bad = DOCUMENT + '\n[[client]]\nid = "rp"\nscope = "openid dcr"\nredirect_uris = ["https://rp.example.com/cb"]\n'
    refusal = installation.keyfob("apply", written(installation, bad), "--yes").refusal(4)
    assert refusal.startswith("document.toml:18: client rp: scope: dcr is never listed")
    assert installation.keyfob("client", "list", "--json").document()["clients"] == []


@pytest.mark.parametrize("name", ["mobile-dcr-client", "keyfob-admin", "keyfob-devices"])
def test_a_client_that_the_settings_name_is_changed_there(installation: Installation, name: str) -> None:
    document = f'[[client]]\nid = "{name}"\nscope = "openid"\nredirect_uris = ["https://evil.example.com/cb"]\n'
    env = {"KEYFOB_REGISTRATION_CLIENT_REDIRECT_URIS": "com.example.app:/callback"}
    refusal = installation.keyfob("apply", written(installation, document), "--yes", env=env).refusal(4)
    assert "the settings file names this client" in refusal


def test_every_problem_of_a_document_is_told(installation: Installation) -> None:
    done = installation.keyfob("apply", written(installation, '[[client]]\nid = "a"\nscop = "b"\nany_user = true\n'))
    assert done.code == 1
    assert [line.partition(" is no")[0] for line in done.err.splitlines()] == [
        "keyfob: document.toml:3: scop:",
        "keyfob: document.toml:4: any_user:",
    ]
    assert "cannot be read" in installation.keyfob("apply", "missing.toml").refusal(1)


def test_a_document_may_come_by_standard_input(installation: Installation) -> None:
    assert installation.keyfob("apply", "-", "--yes", stdin=DOCUMENT).code == 0
    assert installation.keyfob("client", "show", "orders-api").code == 0


def test_who_applied_what_and_why_is_in_the_audit(installation: Installation) -> None:
    installation.keyfob("apply", written(installation), "--yes", "--reason", "orders go live")
    acts = installation.keyfob("audit", "list", "--json").document()["acts"]
    assert isinstance(acts, list)
    told = {(one["event"], one["subject"]): one["reason"] for one in acts}
    assert told[("client.added", "client orders-api")] == "orders go live"
    assert told[("template.added", "template orders-app")] == "orders go live"
    assert told[("setting.changed", "setting registration")] == "orders go live"


def test_what_was_applied_is_what_requests_load(installation: Installation) -> None:
    installation.keyfob("apply", written(installation), "--yes")
    loaded = installation.with_store(lambda store: store.load(client_id=ClientId("orders-api"))).client
    assert loaded
    assert (loaded.settings.introspection_scopes, loaded.status) == (("orders",), "active")
    assert Path(installation.database).exists()
