"""Web origins and the life of a consent, as an operator writes them."""

from pathlib import Path

import pytest

from keyfob_server.settings import load_settings
from keyfob_server.settings.browser_settings import CONSENT, ORIGINS
from support_settings import BASE, problems_of, written


def test_d16_nobody_is_listed_unless_somebody_says_so(tmp_path: Path) -> None:
    assert load_settings(written(tmp_path, BASE), {}).policy.cors_origins == ()
    assert [setting.default for setting in ORIGINS] == [()]


def test_origins_may_come_from_a_variable_as_words(tmp_path: Path) -> None:
    listed = {"KEYFOB_CORS_ORIGINS": "https://app.example http://localhost:3000"}
    policy = load_settings(written(tmp_path, BASE), listed).policy
    assert policy.cors_origins == ("https://app.example", "http://localhost:3000")


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "http://app.example", "https://app.example/", "https://app.example:443", "https://*.example"],
)
def test_d16_what_is_no_origin_stops_the_start_and_the_message_says_which(tmp_path: Path, origin: str) -> None:
    (problem,) = problems_of(written(tmp_path, f'cors_origins = ["https://app.example", "{origin}"]\n{BASE}'))
    assert problem.startswith(f"{tmp_path}/keyfob.toml:1: cors_origins: must be an origin such as https://")
    assert repr(origin) in problem


def test_a_consent_may_be_remembered_for_no_time_at_all(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, BASE + "[lifetimes]\nconsent_s = 0\n"), {})
    assert settings.policy.consent_lifetime_s == 0
    assert [setting.default for setting in CONSENT] == [365 * 86400]
