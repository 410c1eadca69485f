"""`keyfob keys ...`: what signs, and what will."""

import re
from typing import Final

import pytest

from keyfob_server.cli.keys import keys
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS
from support_keyfob_program import Installation

pytestmark = pytest.mark.slow

PRIVATE: Final = re.compile(r'"(?:d|p|q|wrapped_private|k)":|PRIVATE')


def listed(installation: Installation) -> list[dict[str, object]]:
    done = installation.keyfob("keys", "list", "--json")
    assert not PRIVATE.search(done.out)
    found = done.document()["keys"]
    assert isinstance(found, list)
    return found


def test_the_algorithms_that_can_be_chosen_are_those_that_can_be_signed_with() -> None:
    (alg,) = (option for option in keys.commands["rotate"].params if option.name == "alg")
    assert tuple(getattr(alg.type, "choices", ())) == SIGNING_ALGORITHMS


def test_a_key_is_published_now_and_signs_a_day_later(installation: Installation) -> None:
    first = installation.keyfob("keys", "rotate", "--now", "--json").document()
    assert (first["alg"], first["before"]) == ("RS256", None)
    second = installation.keyfob("keys", "rotate", "--json").document()
    assert second["before"] == first["kid"]
    shown = {one["kid"]: one for one in listed(installation)}
    assert set(shown) == {first["kid"], second["kid"]}
    assert [shown[made["kid"]]["state"] for made in (first, second)] == ["signing", "published"]
    created = shown[second["kid"]]["created"]
    assert isinstance(created, int)
    assert second["signs_from"] == shown[second["kid"]]["signs_from"] == created + 86400
    table = installation.keyfob("keys", "list").out
    for made in (first, second):
        assert str(made["kid"]) in table


def test_how_long_a_key_is_published_ahead_is_a_setting(installation: Installation) -> None:
    done = installation.keyfob("keys", "rotate", "--json", env={"KEYFOB_KEYS_PUBLISH_AHEAD_S": "60"}).document()
    (shown,) = listed(installation)
    created = shown["created"]
    assert isinstance(created, int)
    assert done["signs_from"] == created + 60


def test_people_are_told_what_happens_until_then(installation: Installation) -> None:
    first = installation.keyfob("keys", "rotate", "--alg", "ES256", "--now").out
    assert re.match(r"Published [\w-]{43} \(ES256\)\. It signs from now on\.\n", first)
    kid = first.split()[1]
    second = installation.keyfob("keys", "rotate", "--alg", "ES256").out
    assert re.search(rf"It signs from \d{{4}}-\d\d-\d\d \d\d:\d\d UTC; until then {kid} goes on\.", second)


def test_an_algorithm_that_the_server_does_not_have_is_wrong_usage(installation: Installation) -> None:
    assert "HS256" in installation.keyfob("keys", "rotate", "--alg", "HS256").refusal(2)
    assert listed(installation) == []


def test_a_leaked_key_is_withdrawn_after_another_one_signs(installation: Installation) -> None:
    kid = str(installation.keyfob("keys", "rotate", "--now", "--json").document()["kid"])
    refusal = installation.keyfob("keys", "withdraw", "--", kid).refusal(4)
    assert refusal == f"{kid} signs now: run `keyfob keys rotate --alg RS256 --now` first"
    waiting = str(installation.keyfob("keys", "rotate", "--json").document()["kid"])
    assert installation.keyfob("keys", "withdraw", "--reason", "leaked", "--", waiting).out == f"Withdrew {waiting}.\n"
    assert {one["kid"]: (one["state"], one["published"]) for one in listed(installation)} == {
        kid: ("signing", True),
        waiting: ("withdrawn", False),
    }
    assert installation.keyfob("keys", "withdraw", "no-such-key").refusal(3) == "there is no signing key no-such-key"


def test_without_its_key_file_an_installation_makes_no_key(installation: Installation) -> None:
    (installation.folder / "keyfob.keys").unlink()
    assert "No such file" in installation.keyfob("keys", "rotate").refusal(1)
    assert listed(installation) == []
