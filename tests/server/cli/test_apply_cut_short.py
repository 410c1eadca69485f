"""`keyfob apply`, killed in the middle of its transaction: nothing of the document is there, on each engine."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from keyfob_server.storage.migrate import sqlite_path
from support_applied_documents import DOCUMENT
from support_engines import ENGINES, Database, Engine
from support_keyfob_program import PROGRAM, Installation, environment
from support_polling import eventually

pytestmark = pytest.mark.slow

COUNT = """
select count(*) from (select 1 from clients union all select 1 from client_templates
    union all select 1 from client_template_versions union all select 1 from audit
    union all select 1 from settings where name in ('scopes', 'registration')) everything;
"""
ENDLESS = """
create trigger endless before insert on clients begin
    select (select count(*) from (with recursive n(i) as (select 1 union all select i + 1 from n) select i from n));
end;
"""


@contextmanager
def _stuck_on_sqlite(database: Database) -> Iterator[Callable[[], bool]]:
    """The insert of a client never ends; what came before it is written, and not committed."""

    def is_locked() -> bool:
        with closing(sqlite3.connect(sqlite_path(database.url), timeout=0, isolation_level=None)) as connection:
            try:
                connection.execute("begin immediate")
            except sqlite3.OperationalError:
                return True
            return False

    with database.engine.shell(database.url) as shell:
        shell.say(ENDLESS)
        yield is_locked
        shell.say("drop trigger endless;")


@contextmanager
def _stuck_on_postgresql(database: Database) -> Iterator[Callable[[], bool]]:
    """The insert of a client waits for a session that holds its table."""
    with database.engine.shell(database.url) as holder, database.engine.shell(database.url) as other:
        holder.say("begin; lock table clients in exclusive mode;")
        waiting = "select count(*) from pg_locks where not granted and relation = cast('clients' as regclass);"
        yield lambda: other.say(waiting) == ["1"]
        holder.say("rollback;")


STUCK: dict[str, Callable[[Database], AbstractContextManager[Callable[[], bool]]]] = {
    "sqlite": _stuck_on_sqlite,
    "postgresql": _stuck_on_postgresql,
}


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_document_whose_command_is_killed_half_way_leaves_nothing(
    installation: Installation, engine: Engine, tmp_path: Path
) -> None:
    database = Database(engine, engine.create(tmp_path))
    (installation.folder / "document.toml").write_text(DOCUMENT, encoding="utf-8")
    env = {"KEYFOB_DATABASE_URL": database.url}
    with STUCK[engine.name](database) as half_way:
        command = [str(PROGRAM), "apply", "document.toml", "--yes"]
        with subprocess.Popen(
            command, cwd=installation.folder, env=environment(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as program:
            eventually(half_way)
            program.kill()
            assert b"Applied" not in program.communicate()[0]
        eventually(lambda: not half_way())
    with database.engine.shell(database.url) as shell:
        assert shell.say(COUNT) == ["0"]
    done = installation.keyfob("apply", "document.toml", "--yes", env=env)
    assert (done.code, done.err) == (0, "")
    assert "Applied 5 changes" in done.out
    with database.engine.shell(database.url) as shell:
        assert shell.say(COUNT) == ["11"]
