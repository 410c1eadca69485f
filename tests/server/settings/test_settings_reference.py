"""The page of all settings."""

import tomllib
from pathlib import Path

from keyfob_server.settings.load import find_settings
from keyfob_server.settings.reference import example_file, reference
from keyfob_server.settings.table import OTHER_VARIABLES, SETTINGS
from support_settings import written

ROOT = Path(__file__).parents[3]


def test_the_example_file_states_the_defaults(tmp_path: Path) -> None:
    found = find_settings(written(tmp_path, example_file()), {})
    assert {key: one.value for key, one in found.items() if key != "base_url"} == {
        setting.key: setting.default for setting in SETTINGS if setting.key != "base_url"
    }
    assert all(one.where != "default" for one in found.values())


def test_the_reference_page_is_current() -> None:
    assert (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8") == reference()


def test_the_reference_names_every_setting_and_variable_and_its_example_is_toml() -> None:
    page = reference()
    for setting in SETTINGS:
        assert f"| `{setting.key.rpartition('.')[2]}` | `{setting.variable}` |" in page
    for variable in OTHER_VARIABLES:
        assert f"| `{variable}` |" in page
    example = page.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)["base_url"] == "https://id.example.com"
