"""A server that cannot start says in one line what is in the way, and leaves what is there as it is."""

from pathlib import Path

import httpx
import pytest

from support_keyfob_program import keyfob
from support_process import serving

pytestmark = pytest.mark.slow
DEMO = ("serve", "--demo", "--port", "0", "--admin-port", "0")


@pytest.mark.parametrize(
    ("base_url", "why"),
    [
        ("http://id.example.com", "must begin with https://"),
        ("nonsense", "must be https://host"),
        ("https://id.example.com/", "must end after host and port"),
        ("javascript:alert(1)", "must be https://host"),
    ],
)
def test_the_demo_announces_no_base_url_that_no_server_could_have(tmp_path: Path, base_url: str, why: str) -> None:
    refusal = keyfob(*DEMO, "--base-url", base_url, cwd=tmp_path).refusal(5)
    assert refusal.startswith(f"the base URL {why}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    database = tmp_path / "demo" / "keyfob.db"
    database.parent.mkdir()
    database.write_bytes(b"\xfe" * 4096)
    refusal = keyfob(*DEMO, "--data-dir", "demo", cwd=tmp_path).refusal(5)
    assert refusal == f"cannot use the database {database}: file is not a database"
    assert database.read_bytes() == b"\xfe" * 4096


@pytest.mark.parametrize("name", ["port", "server.log", "keyfob.toml"])
def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    in_the_way = tmp_path / "demo" / name
    in_the_way.mkdir(parents=True)
    refusal = keyfob(*DEMO, "--data-dir", "demo", cwd=tmp_path).refusal(5)
    assert refusal == f"cannot use the data folder demo: {in_the_way}: Is a directory"


def test_a_data_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    refusal = keyfob(*DEMO, "--data-dir", "file/demo", cwd=tmp_path).refusal(5)
    assert refusal == "cannot use the data folder file/demo: file/demo: Not a directory"


def test_a_second_server_on_the_same_data_is_refused_and_the_first_goes_on_as_it_was(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        folder = tmp_path / "keyfob"
        before = {name: (folder / name).read_bytes() for name in ("port", "keyfob.toml")}
        again = keyfob(*DEMO, "--data-dir", str(folder), cwd=tmp_path).refusal(5)
        own = keyfob("--config", str(folder / "keyfob.toml"), "serve", cwd=tmp_path).refusal(5)
        assert {again, own} == {f"another server is running on the database {folder / 'keyfob.db'}"}
        assert {name: (folder / name).read_bytes() for name in before} == before
        listed = keyfob("--config", str(folder / "keyfob.toml"), "account", "list", cwd=tmp_path)
        assert "demouser" in listed.out
        issuer = first.issuer
    with serving(tmp_path) as afterwards:
        assert afterwards.issuer == issuer


def test_the_demo_listens_on_the_ipv6_loopback_address_too(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "::1") as server:
        assert httpx.get(f"{server.issuer}/jwks").json()["keys"]
        assert httpx.get(server.admin_url.removesuffix("/admin") + "/health/ready").status_code == 200
