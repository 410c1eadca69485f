"""What the token endpoint takes: which grants, in which form, and that no answer of it may be kept."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.demo.data import demo_policy
from keyfob_server.rules.records import ACTIVE, Client
from support_app import (
    BASE,
    REDIRECT,
    REGISTER,
    REGISTRATION_CLIENT,
    TOKEN,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    basic,
    running_keyfob,
)
from support_sql import records

FORM = "application/x-www-form-urlencoded"


def verdict(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


def credentials(instance: Instance) -> dict[str, str]:
    return basic(instance.client_id, instance.client_secret)


def test_d11_the_registration_client_cannot_refresh(keyfob: Keyfob, instance: Instance) -> None:
    live = keyfob.tokens(instance).refresh_token
    form = {"grant_type": "refresh_token", "refresh_token": live, "client_id": REGISTRATION_CLIENT}
    before = records(keyfob.database)
    assert verdict(keyfob.token(form)) == (400, "unauthorized_client")
    assert records(keyfob.database) == before
    assert keyfob.refresh(instance, live).status_code == 200


def test_d11_a_client_without_the_code_grant_cannot_redeem_or_get_a_code(keyfob: Keyfob) -> None:
    client = Client(
        client_id=ClientId("refresh-only"),
        kind="static",
        status=ACTIVE,
        generation=1,
        metadata=ClientMetadata(
            redirect_uris=(REDIRECT,),
            scope=("openid",),
            grant_types=("refresh_token",),
            token_endpoint_auth_method="none",
        ),
    )
    keyfob.run(keyfob.installation.store.put_static_client(client, now=keyfob.clock.now))
    form = {"grant_type": "authorization_code", "code": "junk", "client_id": "refresh-only", "redirect_uri": REDIRECT}
    assert verdict(keyfob.token(form)) == (400, "unauthorized_client")
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id="refresh-only", scope="openid")
    assert answer_of(answer)["error"] == "unauthorized_client"


@pytest.fixture(scope="module")
def without_refresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    policy = replace(demo_policy(BASE), refresh_tokens=False)
    with running_keyfob(tmp_path_factory.mktemp("without_refresh"), policy=policy) as running:
        yield running


def test_d11_where_refresh_is_off_no_instance_gets_or_uses_a_refresh_token(without_refresh: Keyfob) -> None:
    instance = without_refresh.new_instance()
    assert instance.document["grant_types"] == ["authorization_code"]
    assert not without_refresh.tokens(instance).refresh_token
    assert verdict(without_refresh.refresh(instance, "junk")) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "Authorization_Code",
        " refresh_token",
        "refresh_token authorization_code",
        "none",
    ],
)
def test_d12_any_other_grant_is_unsupported(keyfob: Keyfob, instance: Instance, grant_type: str) -> None:
    before = records(keyfob.database)
    form = {"grant_type": grant_type, "username": "demouser", "password": "Password1", "scope": "openid"}
    assert verdict(keyfob.token(form, credentials(instance))) == (400, "unsupported_grant_type")
    assert records(keyfob.database) == before


def test_d12_no_grant_type_at_all_is_invalid_request(keyfob: Keyfob, instance: Instance) -> None:
    for form in ({"code": "x"}, {"grant_type": "", "code": "x"}):
        assert verdict(keyfob.token(form, credentials(instance))) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_d13_only_post_is_taken(keyfob: Keyfob, method: str) -> None:
    answer = keyfob.request(method, f"{TOKEN}?grant_type=refresh_token")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        f"{FORM}; charset=iso-8859-1",
        f"{FORM}; charset=utf-16",
        f"{FORM}, {FORM}",
    ],
)
def test_d13_only_a_form_in_utf8_is_taken(keyfob: Keyfob, instance: Instance, content_type: str | None) -> None:
    live = keyfob.tokens(instance).refresh_token
    before = records(keyfob.database)
    headers = credentials(instance) | ({"content-type": content_type} if content_type else {})
    body = urlencode({"grant_type": "refresh_token", "refresh_token": live})
    assert verdict(keyfob.request("POST", TOKEN, content=body, headers=headers)) == (400, "invalid_request")
    assert records(keyfob.database) == before


@pytest.mark.parametrize("body", [b"grant_type=%ff", b"grant_type=%zz", b"grant_type=\xc3\xa9", b"grant_type=%00"])
def test_d13_a_form_that_cannot_be_decoded_is_invalid_request(keyfob: Keyfob, body: bytes) -> None:
    answer = keyfob.request("POST", TOKEN, content=body, headers={"content-type": FORM})
    assert verdict(answer) == (400, "invalid_request")


def test_d13_what_stands_in_the_address_is_not_read(keyfob: Keyfob, instance: Instance) -> None:
    live = keyfob.tokens(instance).refresh_token
    query = urlencode(
        {
            "grant_type": "refresh_token",
            "refresh_token": live,
            "client_id": instance.client_id,
            "client_secret": instance.client_secret,
        }
    )
    answer = keyfob.request("POST", f"{TOKEN}?{query}", content=b"", headers={"content-type": FORM})
    assert verdict(answer) == (400, "invalid_request")
    answer = keyfob.request("POST", f"{TOKEN}?{query}", data={"grant_type": "refresh_token", "refresh_token": live})
    assert verdict(answer) == (401, "invalid_client")


def test_d15_no_answer_with_a_token_or_about_one_may_be_cached(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    initial = keyfob.initial_token(browser)
    registered = keyfob.register(initial)
    document = registered.json()
    instance = Instance(document["client_id"], document["client_secret"], document)
    pkce = Pkce()
    redeemed = keyfob.redeem(instance, keyfob.code_for(instance, browser, pkce), pkce)
    answers = {
        "registered": (registered, 201),
        "registered again": (keyfob.register(initial), 401),
        "not authorized to register": (keyfob.request("POST", REGISTER, json={}), 401),
        "registration by GET": (keyfob.request("GET", REGISTER), 405),
        "redeemed": (redeemed, 200),
        "refreshed": (keyfob.refresh(instance, redeemed.json()["refresh_token"]), 200),
        "not refreshed": (keyfob.refresh(instance, "junk"), 400),
        "not believed": (keyfob.token({"grant_type": "refresh_token", "refresh_token": "x"}), 401),
        "no form": (keyfob.request("POST", TOKEN, content=b"x" * 70_000), 413),
        "coded": (keyfob.request("POST", TOKEN, content=b"x", headers={"content-encoding": "gzip"}), 415),
        "userinfo": (keyfob.userinfo(redeemed.json()["access_token"]), 200),
        "no userinfo": (keyfob.userinfo("junk"), 401),
    }
    for name, (answer, status) in answers.items():
        assert answer.status_code == status, name
        assert answer.headers["cache-control"] == "no-store", name


def test_d17_an_instance_cannot_ask_for_dcr_or_for_more_than_it_registered(keyfob: Keyfob, instance: Instance) -> None:
    browser = keyfob.browser()
    keyfob.tokens(instance, browser)
    for scope in ("dcr", "openid dcr", "openid profile admin", "openid email", "keyfob:instances:read"):
        answer = answer_of(keyfob.authorize(browser, Pkce(), client_id=instance.client_id, scope=scope))
        assert answer["error"] == "invalid_scope", scope
        assert "code" not in answer


@pytest.mark.parametrize("scope", ["dcr", "openid dcr", "openid profile email", "admin"])
def test_d17_a_refresh_does_not_obtain_dcr_or_anything_new(keyfob: Keyfob, instance: Instance, scope: str) -> None:
    live = keyfob.tokens(instance).refresh_token
    before = records(keyfob.database)
    assert verdict(keyfob.refresh(instance, live, scope=scope)) == (400, "invalid_scope")
    assert records(keyfob.database) == before


def test_d17_a_scope_beside_a_code_changes_nothing(keyfob: Keyfob, instance: Instance) -> None:
    browser, pkce = keyfob.browser(), Pkce()
    answer = keyfob.redeem(instance, keyfob.code_for(instance, browser, pkce), pkce, scope="dcr admin")
    assert (answer.status_code, answer.json()["scope"]) == (200, "openid profile")
    assert keyfob.register(answer.json()["access_token"]).status_code == 403
