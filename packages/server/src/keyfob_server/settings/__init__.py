"""One TOML file and KEYFOB_* variables, read once at start; every problem is told at once, with file, line and key."""

from keyfob_server.settings.load import load_settings
from keyfob_server.settings.problems import Problem, SettingsError
from keyfob_server.settings.settings import Settings

__all__ = ["Problem", "Settings", "SettingsError", "load_settings"]
