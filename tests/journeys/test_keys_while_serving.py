"""Keys are changed by the command line while the real server runs: it takes them without a restart."""

from pathlib import Path

import httpx
import pytest

from support_engines import ENGINES, Engine, serve_options
from support_keyfob_program import Outcome, keyfob
from support_polling import eventually
from support_process import ServerProcess, serving


def command(server: ServerProcess, *arguments: str) -> Outcome:
    done = keyfob("--config", str(server.data_dir / "keyfob.toml"), *arguments, cwd=server.data_dir)
    assert done.code == 0, done.err
    return done


def promoted(server: ServerProcess) -> bool:
    promote = ("master-key", "rotate", "--root", "sealing", "--promote")
    done = keyfob("--config", str(server.data_dir / "keyfob.toml"), *promote, cwd=server.data_dir)
    assert done.code == 0 or "wait" in done.err, done.err
    return done.code == 0


def published(server: ServerProcess) -> set[str]:
    return {key["kid"] for key in httpx.get(f"{server.issuer}/jwks").json()["keys"]}


def logged(server: ServerProcess, words: str) -> bool:
    return words in server.log_file.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_running_server_takes_new_signing_keys_and_a_new_key_file(tmp_path: Path, engine: Engine) -> None:
    with serving(tmp_path, *serve_options(engine, tmp_path)) as server:
        before = published(server)
        kid = command(server, "keys", "rotate", "--json").document()["kid"]
        assert isinstance(kid, str)
        eventually(lambda: published(server) == before | {kid})
        command(server, "master-key", "rotate", "--root", "sealing")
        # not before every process that reads the file has looked at it
        eventually(lambda: promoted(server))
        eventually(lambda: logged(server, "key file read again"))
        (server.data_dir / "keys.json").write_text("{")
        eventually(lambda: logged(server, "the keys from before stay in force"))
        assert published(server) == before | {kid}
        assert httpx.get(f"{server.admin_url.removesuffix('/admin')}/health/ready").status_code == 200
