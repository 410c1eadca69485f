"""Where commands look for their settings."""

import shutil
from pathlib import Path

import pytest

from support_keyfob_program import Installation, keyfob

pytestmark = pytest.mark.slow


def test_without_settings_it_is_said_where_they_were_looked_for(tmp_path: Path) -> None:
    refusal = keyfob("migrate", cwd=tmp_path).refusal(1)
    assert refusal.startswith("there is no keyfob.toml here or in keyfob-data: name it with --config, or make one with")


def test_settings_are_looked_for_in_the_order_that_is_documented(tmp_path: Path) -> None:
    for name in ("named.toml", "variable.toml", "keyfob.toml", "keyfob-data/keyfob.toml", "moved/keyfob.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('base_url = "https://id.example.com"\n')
    env = {"KEYFOB_CONFIG": "variable.toml"}

    def read(*options: str, env: dict[str, str] | None = None) -> str:
        done = keyfob(*options, "check-config", cwd=tmp_path, env=env)
        return done.out.removesuffix(": the settings are good\n")

    assert read("--config", "named.toml", env=env) == "named.toml"
    assert read(env=env) == "variable.toml"
    assert read() == "keyfob.toml"
    (tmp_path / "keyfob.toml").unlink()
    assert read() == "keyfob-data/keyfob.toml"
    assert read(env={"KEYFOB_DATA_DIR": "moved"}) == "moved/keyfob.toml"
    shutil.rmtree(tmp_path / "keyfob-data")
    assert read(env={"KEYFOB_BASE_URL": "https://id.example.com"}) == "the environment"


def test_a_file_that_is_named_and_missing_is_an_error_also_when_another_lies_here(installation: Installation) -> None:
    refusal = installation.keyfob("--config", "other.toml", "account", "list").refusal(1)
    assert refusal == "other.toml: cannot be read: No such file or directory"
