"""Where a command finds its settings."""

import os
from pathlib import Path

import click

from keyfob_server.cli.failures import CommandFailed
from keyfob_server.settings import Settings, load_settings

CONFIG_FILE = "keyfob.toml"
DATA_DIR = "keyfob-data"


def data_dir() -> Path:
    return Path(os.environ.get("KEYFOB_DATA_DIR") or DATA_DIR)


def config_file() -> Path | None:
    """The file of `--config`, else `keyfob.toml` here or in the data folder; None when the environment alone speaks.

    Raises CommandFailed when there is nothing to read.
    """
    named = click.get_current_context().find_root().params.get("config")
    if isinstance(named, Path):
        return named
    for folder in (Path(), data_dir()):
        if (folder / CONFIG_FILE).exists():
            return folder / CONFIG_FILE
    if "KEYFOB_BASE_URL" in os.environ:
        return None
    raise CommandFailed(
        f"there is no {CONFIG_FILE} here or in {data_dir()}: name it with --config, or make one with `keyfob init`"
    )


def settings() -> Settings:
    """Raises SettingsError, CommandFailed."""
    return load_settings(config_file(), os.environ)
