"""Settings that contradict each other."""

from pathlib import Path

import pytest

from keyfob_server.settings.together import Contradiction, contradictions
from support_settings import BASE, problems_of, written


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "[registration]\ndefault_scope = ['openid', 'x']\n",
            ":3: registration.default_scope: must be within registration.allowed_scopes, which lacks x",
        ),
        ("tls_certificate = 'tls.pem'\n", ":2: tls_key: is missing; it goes with tls_certificate"),
        ("tls_key = 'tls.key'\n", ":2: tls_certificate: is missing; it goes with tls_key"),
        ("admin_port = 8443\n", ":2: admin_port: must not be the port of the public listener"),
        (
            "[paths]\nuserinfo = '/oauth/v2/oauth-token'\n",
            ":3: paths.userinfo: must not be the same as paths.token",
        ),
        (
            "[paths]\nuserinfo = '/token-service/oauth-registration/u'\n",
            ":3: paths.userinfo: must not lie below paths.registration",
        ),
        (
            "[paths]\nuserinfo = '/oauth/v2/oauth-anonymous/jwks'\n",
            ":3: paths.userinfo: must not be the address of the keys, below paths.issuer",
        ),
    ],
)
def test_a_contradiction_is_told_at_one_of_its_two_lines(text: str, problem: str, tmp_path: Path) -> None:
    path = written(tmp_path, BASE + text)
    told = problems_of(path)
    assert len(told) == 1
    assert told[0].startswith(f"{path}{problem}")
    assert "hidden" not in told[0]


def test_a_default_that_contradicts_is_told_at_the_line_that_made_it_wrong(tmp_path: Path) -> None:
    path = written(tmp_path, BASE + "[lifetimes]\nsession_absolute_s = 60\n")
    sentence = "must not be longer than lifetimes.session_absolute_s, which is 60"
    assert problems_of(path) == [f"{path}:3: lifetimes.session_idle_s: {sentence}"]


def test_k10_a_server_that_speaks_tls_has_no_plain_http_base_url(tmp_path: Path) -> None:
    path = written(tmp_path, "base_url = 'http://localhost:8443'\ntls_certificate = 'a'\ntls_key = 'b'\n")
    assert problems_of(path) == [f"{path}:1: base_url: must begin with https:// beside a tls_certificate"]


def test_values_that_are_wrong_by_themselves_are_not_judged_together() -> None:
    assert list(contradictions({})) == []
    assert list(contradictions({"lifetimes.session_idle_s": 60, "registration.default_scope": ("x",)})) == []


def test_a_lifetime_may_be_as_long_as_the_one_that_bounds_it() -> None:
    values = {"lifetimes.session_idle_s": 60, "lifetimes.session_absolute_s": 60}
    assert list(contradictions(values)) == []
    longer = {**values, "lifetimes.session_idle_s": 61}
    sentence = "must not be longer than lifetimes.session_absolute_s, which is 60"
    assert list(contradictions(longer)) == [
        Contradiction("lifetimes.session_idle_s", "lifetimes.session_absolute_s", sentence)
    ]
