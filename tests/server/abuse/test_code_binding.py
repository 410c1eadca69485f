"""A code belongs to one client, one redirect URI and one verifier, for sixty seconds.

What does not fit changes nothing: the good request succeeds afterwards.
"""

from collections.abc import Callable

import httpx
import pytest

from support_app import REDIRECT, REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, answer_of, basic
from support_authorize import KINDS, client_of_kind, signed_in, static_client
from support_sql import change, records

REFUSAL = {"error": "invalid_grant", "error_description": "the authorization code is not valid"}


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    return signed_in(keyfob, instance)


def refused(keyfob: Keyfob, instance: Instance, code: str, pkce: Pkce, **changes: str) -> bool:
    """Whether the redemption is refused in the one way, with nothing changed."""
    before = records(keyfob.database)
    answer = keyfob.redeem(instance, code, pkce, **changes)
    assert records(keyfob.database) == before
    return (answer.status_code, answer.json()) == (400, REFUSAL)


def redeemed(keyfob: Keyfob, instance: Instance, code: str, pkce: Pkce, **changes: str) -> bool:
    return keyfob.redeem(instance, code, pkce, **changes).status_code == 200


VERIFIERS: dict[str, Callable[[Pkce], str]] = {
    "none": lambda _pkce: "",
    "another": lambda _pkce: Pkce().verifier,
    "the challenge": lambda pkce: pkce.challenge,
    "with padding": lambda pkce: pkce.verifier + "=",
    "one letter more": lambda pkce: pkce.verifier + "A",
    "one letter less": lambda pkce: pkce.verifier[:-1],
    "another case": lambda pkce: pkce.verifier.swapcase(),
    "with a line break": lambda pkce: pkce.verifier + "\n",
    "too short": lambda _pkce: "x",
    "too long": lambda pkce: pkce.verifier * 4,
    "not ASCII": lambda pkce: pkce.verifier[:-1] + "\u00e9",
}


@pytest.mark.parametrize("kind", VERIFIERS)
def test_b3_without_the_very_verifier_a_code_is_not_redeemed(
    keyfob: Keyfob, instance: Instance, owner: Browser, kind: str
) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    assert refused(keyfob, instance, code, pkce, code_verifier=VERIFIERS[kind](pkce))
    assert redeemed(keyfob, instance, code, pkce)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"instance", "confidential static"}))
def test_b3_a_public_clients_code_needs_its_verifier_too(keyfob: Keyfob, kind: str) -> None:
    client_id, scope = client_of_kind(keyfob, kind)
    browser, pkce = keyfob.browser(), Pkce()
    asked = keyfob.authorize(browser, pkce, client_id=client_id, scope=scope)
    form = {"grant_type": "authorization_code", "client_id": client_id, "redirect_uri": REDIRECT,
            "code": answer_of(browser.sign_in(asked))["code"]}  # fmt: skip
    before = records(keyfob.database)
    for more in ({}, {"code_verifier": Pkce().verifier}, {"code_verifier": pkce.challenge}):
        answer = keyfob.token(form | more)
        assert (answer.status_code, answer.json()) == (400, REFUSAL)
    assert records(keyfob.database) == before
    assert keyfob.token(form | {"code_verifier": pkce.verifier}).status_code == 200


@pytest.mark.parametrize(
    "uri",
    ["", "io.curity.dcrclient:/callbac", f"{REDIRECT}/", f"{REDIRECT}?", "IO.curity.dcrclient:/callback",
     f" {REDIRECT}", "io.curity.dcrclient:/callbacj", "http://127.0.0.1/callback", "https://evil.example/"],
)  # fmt: skip
def test_c4_with_another_redirect_uri_or_none_a_code_is_not_redeemed(
    keyfob: Keyfob, instance: Instance, owner: Browser, uri: str
) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    assert refused(keyfob, instance, code, pkce, redirect_uri=uri)
    assert redeemed(keyfob, instance, code, pkce)


def test_c4_another_registered_uri_or_another_port_is_another_uri(keyfob: Keyfob) -> None:
    loopback = "http://127.0.0.1:{}/cb"
    instance = keyfob.new_instance(redirect_uris=[REDIRECT, "http://127.0.0.1/cb"])
    browser, pkce = signed_in(keyfob, instance), Pkce()
    code = keyfob.code_for(instance, browser, pkce, redirect_uri=loopback.format(4711))
    for uri in (REDIRECT, "http://127.0.0.1/cb", loopback.format(4712)):
        assert refused(keyfob, instance, code, pkce, redirect_uri=uri)
    assert redeemed(keyfob, instance, code, pkce, redirect_uri=loopback.format(4711))


def test_c4_a_uri_that_was_not_named_before_is_not_named_now(
    keyfob: Keyfob, instance: Instance, owner: Browser
) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce, redirect_uri="", scope="profile")
    assert refused(keyfob, instance, code, pkce)
    assert redeemed(keyfob, instance, code, pkce, redirect_uri="")


def test_c4_another_clients_credentials_do_not_redeem_a_code(
    keyfob: Keyfob, instance: Instance, owner: Browser
) -> None:
    others = [keyfob.new_instance(), static_client(keyfob, "another", secret="t" * 43)]
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    for other in others:
        assert refused(keyfob, other, code, pkce)
    before = records(keyfob.database)
    wrong = keyfob.redeem(Instance(instance.client_id, others[0].client_secret, {}), code, pkce)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": pkce.verifier}
    public = keyfob.token(form | {"client_id": REGISTRATION_CLIENT})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert (public.status_code, public.json()) == (400, REFUSAL)
    assert records(keyfob.database) == before
    assert redeemed(keyfob, instance, code, pkce)


@pytest.mark.parametrize("seconds", [60, 61, 3600, 86400 * 2])
def test_c5_a_code_is_dead_after_sixty_seconds(keyfob: Keyfob, instance: Instance, seconds: int) -> None:
    owner, pkce = signed_in(keyfob, instance), Pkce()
    late, in_time = keyfob.code_for(instance, owner, pkce), keyfob.code_for(instance, owner, pkce)
    keyfob.clock.forward(59)
    assert redeemed(keyfob, instance, in_time, pkce)
    keyfob.clock.forward(seconds - 59)
    assert refused(keyfob, instance, late, pkce)


@pytest.mark.parametrize("code", ["x", "a.b.c.d.e", "A" * 400, "e30.e30.e30", "\u00e9", "x" * 4096])
def test_c5_what_is_no_code_is_refused_like_a_dead_one(keyfob: Keyfob, instance: Instance, code: str) -> None:
    assert refused(keyfob, instance, code, Pkce())


def test_c5_no_letter_of_a_code_can_be_changed(keyfob: Keyfob, instance: Instance, owner: Browser) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, owner, pkce)
    before = records(keyfob.database)
    for place in (*range(0, len(code), 5), len(code) - 1):
        letter = "A" if code[place] != "A" else "B"
        answer = keyfob.redeem(instance, code[:place] + letter + code[place + 1 :], pkce)
        assert (answer.status_code, answer.json()) == (400, REFUSAL), place
    assert records(keyfob.database) == before
    assert redeemed(keyfob, instance, code, pkce)


def other_kinds(keyfob: Keyfob, instance: Instance, owner: Browser) -> dict[str, str]:
    tokens = keyfob.tokens(instance, owner)
    return {
        "an access token": tokens.access_token,
        "a refresh token": tokens.refresh_token,
        "an ID token": tokens.id_token,
        "a secret": instance.client_secret,
    }


def test_c5_no_other_kind_of_sealed_value_is_a_code(keyfob: Keyfob, instance: Instance) -> None:
    for name, value in other_kinds(keyfob, instance, signed_in(keyfob, instance)).items():
        assert refused(keyfob, instance, value, Pkce()), name


@pytest.mark.parametrize("status", ["inactive", "revoked", "anything"])
def test_c5_a_code_dies_with_its_person_and_does_not_come_back(keyfob: Keyfob, status: str) -> None:
    instance, pkce = keyfob.new_instance(), Pkce()
    code = keyfob.code_for(instance, keyfob.browser(), pkce)
    set_account = "update accounts set status = ? where user_name = 'demouser'"
    change(keyfob.database, set_account, status)
    try:
        assert refused(keyfob, instance, code, pkce)
    finally:
        change(keyfob.database, set_account, "active")
    assert refused(keyfob, instance, code, pkce)


def test_b3_a_verifier_in_the_address_is_none(keyfob: Keyfob, instance: Instance) -> None:
    pkce = Pkce()
    code = keyfob.code_for(instance, signed_in(keyfob, instance), pkce)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    answer: httpx.Response = keyfob.request(
        "POST",
        f"/oauth/v2/oauth-token?code_verifier={pkce.verifier}",
        data=form,
        headers=basic(instance.client_id, instance.client_secret),
    )
    assert (answer.status_code, answer.json()) == (400, REFUSAL)
