"""The distribution script against the schema, and every statement against the distribution."""

import re
from pathlib import Path

import pytest

from keyfob_server.storage.copy_tables import TABLES, Table
from support_distribution import COLUMN, DISTRIBUTED, REFERENCE, SCRIPT, STORAGE, TEXTS, reach
from support_engines import Postgresql, Sqlite
from support_postgres import cluster
from support_sql import rows

DOCS = Path(__file__).parents[3] / "docs"
REACHES = {name: reach(text) for name, text in TEXTS.items()}


def listed(page: Path) -> dict[str, list[str]]:
    """The statements that a page has a row for, with the other cells of the row."""
    found = re.findall(r"^\| `([A-Z_]+)` \|(.+)\|$", page.read_text("utf-8"), re.MULTILINE)
    assert len(found) == len(dict(found))
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in found}


def test_the_script_names_every_table_of_the_schema_exactly_once() -> None:
    assert sorted([*REFERENCE, *(table for table, _, _ in DISTRIBUTED)]) == sorted(table.name for table in TABLES)
    # what the patterns read is all that the script makes
    assert len(re.findall(r"create_\w+_table\(", SCRIPT)) == len(REFERENCE) + len(DISTRIBUTED)


@pytest.mark.parametrize("table", [table for table in TABLES if table.name in COLUMN], ids=lambda table: table.name)
def test_a_table_is_distributed_by_a_column_of_its_primary_key(table: Table) -> None:
    assert COLUMN[table.name] in [table.columns[place] for place in table.key]


def test_no_unique_index_of_a_distributed_table_leaves_its_column_out(tmp_path: Path) -> None:
    database = Path(Sqlite().create(tmp_path).removeprefix("sqlite:///"))
    for table, column in COLUMN.items():
        unique = rows(database, 'select name from pragma_index_list(?) where "unique"', table)
        for (index,) in unique:
            assert (column,) in rows(database, "select name from pragma_index_info(?)", index)
    assert rows(database, "select count(*) from sqlite_master where name = 'accounts_by_user_name'") == [(1,)]


def test_what_lies_side_by_side_is_distributed_by_the_client() -> None:
    beside = {table for table, _, where in DISTRIBUTED if where != "none"}
    assert beside == {"delegations", "revoked_tokens"}
    assert {COLUMN[table] for table in beside | {"dynamically_registered_clients"}} == {"client_id"}


def test_the_script_drops_each_trigger_of_the_schema_once() -> None:
    steps = "".join(path.read_text("utf-8") for path in sorted((STORAGE / "migrations" / "versions").glob("0*.py")))
    made = re.findall(r"create trigger (\w+) before update of status on (\w+) for each row", steps)
    dropped = re.findall(r"^drop trigger (\w+) on (\w+);$", SCRIPT, re.MULTILINE)
    assert sorted(dropped) == sorted(made)
    assert len(dropped) > 5


# what Citus's functions take, and what they refuse: a table with triggers, and a column that is not there
STAND_INS = """
create function create_distributed_function(signature regprocedure) returns void language sql as 'select null';
create function create_reference_table(relation regclass) returns void language plpgsql as $$
begin
    assert not exists (select from pg_trigger where tgrelid = relation), relation;
end $$;
create function create_distributed_table(relation regclass, by text, colocate_with text) returns void
language plpgsql as $$
begin
    assert exists (select from pg_attribute where attrelid = relation and attname = by), by;
    assert colocate_with = 'none' or to_regclass(colocate_with) is not null, colocate_with;
    perform create_reference_table(relation);
end $$;
"""


@pytest.mark.slow
def test_the_script_runs_to_its_end_on_the_schema_of_a_plain_postgresql(tmp_path: Path) -> None:
    name = Postgresql().create(tmp_path).partition("@/")[2].partition("?")[0]
    cluster().psql(name, STAND_INS)
    cluster().psql(name, SCRIPT)
    assert cluster().psql(name, "select count(*) from pg_trigger where not tgisinternal") == "0\n"


def test_the_reference_lists_every_statement_that_fans_out_and_no_other_with_what_it_is_for() -> None:
    found = {name for name, one in REACHES.items() if one.fans_out}
    rows_of_page = listed(DOCS / "reference" / "storage.md")
    assert sorted(rows_of_page) == sorted(found)
    assert [name for name, cells in rows_of_page.items() if len(cells) != 2 or min(map(len, cells)) == 0] == []


def test_the_page_on_scaling_out_lists_every_statement_that_touches_few_shards() -> None:
    few = {name for name, one in REACHES.items() if not one.fans_out and len(one.shards) > 1}
    assert set(listed(DOCS / "how-to" / "scaling-out.md")) == few == {"LOAD", "LOAD_GRANT", "LOAD_FOR_CALLER"}


@pytest.mark.parametrize(
    "name",
    [
        "ADD_GRANT",
        "ADD_INSTANCE",
        "ADD_SESSION",
        "COUNT_SIGN_IN",
        "LOAD_CLIENT",
        "LOAD_REGISTRATION",
        "REPLACE_REGISTRATION",
        "REVOKE_ACCESS",
        "REVOKE_CLIENT_TOKEN",
        "REVOKE_GRANT",
        "ROTATE_GRANT",
        "SET_INSTANCE_STATUS",
    ],
)
def test_each_write_of_an_apps_request_and_each_sign_in_touch_one_shard(name: str) -> None:
    assert (len(REACHES[name].shards), REACHES[name].fans_out) == (1, frozenset())


def test_each_statement_either_touches_copies_alone_or_names_a_shard_or_is_listed() -> None:
    kinds = {name: (bool(one.tables), bool(one.shards), bool(one.fans_out)) for name, one in REACHES.items()}
    assert set(kinds.values()) <= {
        (False, False, False),
        (True, True, False),
        (True, False, True),
        (True, True, True),
    }


@pytest.mark.parametrize(
    ("text", "tables", "shards", "lost"),
    [
        ("select 1 from delegations where client_id = $1", {"delegations"}, {"$1"}, set()),
        ("select 1 from delegations where client_id > $1", {"delegations"}, set(), {"delegations"}),
        ("select 1 from delegations where client_id >= $1", {"delegations"}, set(), {"delegations"}),
        ("select 1 from delegations where client_id = $1 or id = $2", {"delegations"}, set(), {"delegations"}),
        ("select 1 from delegations where id = $1 or client_id = $2", {"delegations"}, set(), {"delegations"}),
        ("select 1 from delegations where account_id = $1", {"delegations"}, set(), {"delegations"}),
        ("update sessions set status = 'x' where id = $1", {"sessions"}, {"$1"}, set()),
        ("update sessions set status = 'x' where account_id = $1", {"sessions"}, set(), {"sessions"}),
        ("delete from delegations where client_id in (select c from x)", {"delegations"}, set(), {"delegations"}),
        ("select 1 from accounts a left join clients c on c.client_id = $1", set(), set(), set()),
        (
            "select 1 from accounts a join delegations g on g.client_id = a.id where client_id = $1",
            {"delegations"},
            set(),
            {"delegations"},
        ),
        (
            """select (select 1 from delegations g where g.client_id = i.client_id)
            from dynamically_registered_clients i where i.client_id = $1""",
            {"delegations", "dynamically_registered_clients"},
            {"$1"},
            set(),
        ),
        (
            "select 1 from sessions s join consents g on g.account_id = s.id where s.id = $1",
            {"sessions", "consents"},
            {"$1"},
            {"consents"},
        ),
        ("insert into sessions (account_id, id) values ($1, $2) returning id", {"sessions"}, {"$2"}, set()),
        ("insert into accounts (id) values ($1) returning id", set(), set(), set()),
    ],
)
def test_a_statement_is_judged_by_its_own_text(text: str, tables: set[str], shards: set[str], lost: set[str]) -> None:
    one = reach(text)
    assert (set(one.tables), set(one.shards), set(one.fans_out)) == (tables, shards, lost)
