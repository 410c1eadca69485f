"""Rows J5 and J6: no administrator has a password that others know, and no listing holds a secret or its hash."""

import json
import re
from pathlib import Path

import pytest

from keyfob_server.demo.data import PASSWORD
from support_keyfob_program import Installation, keyfob
from support_sql import rows

pytestmark = pytest.mark.slow
HASH = re.compile(r"\$argon2|secret_hash|registration_token|[0-9a-f]{8}:[A-Za-z0-9_-]{20,}|wrapped_private")


def test_j5_each_installation_has_a_password_of_its_own(tmp_path: Path) -> None:
    made = [keyfob("init", "--data-dir", str(tmp_path / name), "--base-url", "https://id.example", cwd=tmp_path)
            for name in ("one", "two")]  # fmt: skip
    words = [re.findall(r"(?:[a-z2-9]{5}-){4}[a-z2-9]{5}", done.out + done.err) for done in made]
    assert [len(found) for found in words] == [1, 1]
    assert words[0] != words[1]
    assert all(PASSWORD not in done.out for done in made)


def test_j5_a_new_installation_has_no_account_with_the_demos_password(installation: Installation) -> None:
    assert rows(installation.database, "select user_name from accounts") == [("admin",)]
    assert PASSWORD not in (installation.folder / "keyfob.toml").read_text()


@pytest.mark.parametrize(
    "command", [("instance", "list"), ("account", "list"), ("client", "list"), ("keys", "list"), ("audit", "list")]
)
def test_j6_no_listing_holds_a_secret_or_its_hash(installation: Installation, command: tuple[str, ...]) -> None:
    shown = installation.keyfob(*command, "--json")
    assert shown.code == 0, shown.err
    assert json.loads(shown.out)
    assert not HASH.search(shown.out)
    assert not HASH.search(installation.keyfob(*command).out)
