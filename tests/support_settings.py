"""Configuration files for tests, and the problems that they have."""

from pathlib import Path

import pytest

from keyfob_server.settings import SettingsError, load_settings

BASE = 'base_url = "https://id.example.com"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "keyfob.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(path: Path | None, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environ or {})
    return [str(problem) for problem in caught.value.problems]
