"""What a presented code gets."""

from dataclasses import replace
from typing import Any

import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.code import Mismatch, Redeem, Replayed, judge, redirect_hash
from support_records import ACCOUNT, CLIENT, CODE, GRANT, LOADED, NOW, REDIRECT, VERIFIER

FRESH = replace(LOADED, grant=None)
BOUND = replace(CODE, redirect_hash=redirect_hash(REDIRECT))


def verdict(**changes: Any) -> Redeem | Replayed | Mismatch:
    arguments: dict[str, Any] = {
        "code": BOUND,
        "loaded": FRESH,
        "client_id": CLIENT.client_id,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    } | changes
    return judge(arguments.pop("code"), arguments.pop("loaded"), **arguments)


def test_a_code_that_fits_in_everything_is_redeemed() -> None:
    assert verdict() == Redeem()


def test_a_redirect_uri_that_the_request_left_out_is_left_out_again() -> None:
    assert verdict(code=CODE, redirect_uri=None) == Redeem()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_id": ClientId("thief")}, "issued to another client"),
        ({"redirect_uri": REDIRECT + "x"}, "redirect_uri differs"),
        ({"redirect_uri": None}, "redirect_uri differs"),
        ({"code": CODE}, "redirect_uri differs"),
        ({"code_verifier": VERIFIER[:-1] + "x"}, "code_verifier does not match"),
        ({"code_verifier": None}, "code_verifier does not match"),
        ({"code": replace(BOUND, code_challenge="")}, "code_verifier without a code_challenge"),
        ({"loaded": replace(FRESH, now=NOW + 60)}, "expired"),
        ({"loaded": replace(FRESH, client=replace(CLIENT, generation=7))}, "client changed"),
        ({"loaded": replace(FRESH, account=replace(ACCOUNT, status="disabled"))}, "account not active"),
    ],
)
def test_a_code_that_does_not_fit_changes_nothing(changes: dict[str, Any], reason: str) -> None:
    assert verdict(**changes) == Mismatch(reason)


def test_a_confidential_client_whose_pkce_was_lifted_sends_no_verifier() -> None:
    assert verdict(code=replace(BOUND, code_challenge=""), code_verifier=None) == Redeem()


@pytest.mark.parametrize("later", [0, 60, 9999])
def test_a_second_valid_request_is_a_replay_even_after_the_code_expired(later: int) -> None:
    assert verdict(loaded=replace(LOADED, grant=GRANT, now=NOW + later)) == Replayed()


@pytest.mark.parametrize("changes", [{"redirect_uri": None}, {"code_verifier": None}, {"client_id": ClientId("x")}])
def test_a_second_request_that_does_not_fit_revokes_nothing(changes: dict[str, Any]) -> None:
    assert isinstance(verdict(loaded=LOADED, **changes), Mismatch)
