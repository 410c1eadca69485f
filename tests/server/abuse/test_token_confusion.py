"""Every kind of token at every endpoint: each is taken where it belongs, and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx
import pytest

from keyfob_server.rules.policy import Paths
from support_app import LOGGED_OUT, LOGOUT, REGISTER, Instance, Keyfob, Pkce, answer_of, basic, bearer, path_of
from support_sql import records


@dataclass(frozen=True, slots=True)
class Wallet:
    """One of each, all good, of one instance."""

    keyfob: Keyfob
    instance: Instance
    pkce: Pkce
    by_kind: dict[str, str]

    def post(self, path: str, **form: str) -> httpx.Response:
        headers = basic(self.instance.client_id, self.instance.client_secret)
        return self.keyfob.request("POST", path, data=form, headers=headers)


def wallet_of(keyfob: Keyfob) -> Wallet:
    instance, browser, pkce = keyfob.new_instance(), keyfob.browser(), Pkce()
    tokens = keyfob.tokens(instance, browser)
    kinds = {
        "access token": tokens.access_token,
        "refresh token": tokens.refresh_token,
        "ID token": tokens.id_token,
        "code": keyfob.code_for(instance, browser, pkce),
        "initial token": keyfob.initial_token(),
        "registration access token": str(instance.document["registration_access_token"]),
        "client secret": instance.client_secret,
        "session cookie": browser.cookies["keyfob-session"],
    }
    return Wallet(keyfob, instance, pkce, kinds)


def at_userinfo(wallet: Wallet, token: str) -> bool:
    return wallet.keyfob.userinfo(token).status_code == 200


def at_introspection(wallet: Wallet, token: str) -> bool:
    return bool(wallet.post(Paths().introspect, token=token).json()["active"])


def at_revocation(wallet: Wallet, token: str) -> bool:
    before = records(wallet.keyfob.database)
    assert wallet.post(Paths().revoke, token=token).status_code == 200
    return records(wallet.keyfob.database) != before


def as_refresh_token(wallet: Wallet, token: str) -> bool:
    return wallet.keyfob.refresh(wallet.instance, token).status_code == 200


def as_code(wallet: Wallet, token: str) -> bool:
    return wallet.keyfob.redeem(wallet.instance, token, wallet.pkce).status_code == 200


def as_client_secret(wallet: Wallet, token: str) -> bool:
    form = {"grant_type": "refresh_token", "refresh_token": wallet.by_kind["refresh token"]}
    return wallet.keyfob.token(form, basic(wallet.instance.client_id, token)).status_code == 200


def at_registration(wallet: Wallet, token: str) -> bool:
    return wallet.keyfob.register(token).status_code == 201


def at_management(wallet: Wallet, token: str) -> bool:
    path = path_of(str(wallet.instance.document["registration_client_uri"]))
    assert path.startswith(REGISTER)
    return wallet.keyfob.request("GET", path, headers=bearer(token)).status_code == 200


def as_hint_at_authorize(wallet: Wallet, token: str) -> bool:
    asked = wallet.keyfob.authorize(
        wallet.keyfob.browser(), Pkce(), client_id=wallet.instance.client_id, prompt="none", id_token_hint=token
    )
    error = answer_of(asked)["error"]
    assert error in {"login_required", "invalid_request"}
    return error == "login_required"


def as_hint_at_logout(wallet: Wallet, token: str) -> bool:
    sent = {"client_id": wallet.instance.client_id, "post_logout_redirect_uri": LOGGED_OUT, "id_token_hint": token}
    answer = wallet.keyfob.browser().get(str(httpx.URL(LOGOUT, params=sent)))
    assert answer.status_code in {200, 303}
    return answer.status_code == 303


ENDPOINTS: Final[dict[str, tuple[Callable[[Wallet, str], bool], set[str]]]] = {
    "userinfo": (at_userinfo, {"access token"}),
    "introspection": (at_introspection, {"access token"}),
    "revocation": (at_revocation, {"access token", "refresh token"}),
    "token, as refresh token": (as_refresh_token, {"refresh token"}),
    "token, as code": (as_code, {"code"}),
    "token, as client secret": (as_client_secret, {"client secret"}),
    "registration": (at_registration, {"initial token"}),
    "management": (at_management, {"registration access token"}),
    "authorize, as id_token_hint": (as_hint_at_authorize, {"ID token"}),
    "logout, as id_token_hint": (as_hint_at_logout, {"ID token"}),
}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_l7_an_endpoint_takes_its_own_kind_of_token_and_no_other(keyfob: Keyfob, endpoint: str) -> None:
    takes, own = ENDPOINTS[endpoint]
    wallet = wallet_of(keyfob)
    others = {kind for kind in wallet.by_kind if kind not in own}
    assert len(own) + len(others) == 8
    before = records(keyfob.database)
    assert {kind for kind in others if takes(wallet, wallet.by_kind[kind])} == set()
    assert records(keyfob.database) == before
    # They were good all the time. The order matters: what revokes comes last.
    assert [kind for kind in sorted(own) if takes(wallet, wallet.by_kind[kind])] == sorted(own)
