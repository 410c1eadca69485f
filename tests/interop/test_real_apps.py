"""The two apps of the start document, unchanged: each request is a golden file, sent as bytes to a real server process.

The tests follow the list of facts about these apps in the wire specification.
"""

import base64
import json
import time

import pytest

from support_raw_http import APPS, RawAnswer, golden_request, placeholders
from support_real_app import RealApp, parameters_of
from support_sql import set_status

pytestmark = pytest.mark.slow
PLACEHOLDERS = {
    "host",
    "content_length",
    "code",
    "code_verifier",
    "code_challenge",
    "initial_access_token",
    "client_id",
    "client_secret",
    "basic_credentials",
    "refresh_token",
    "id_token",
}
REQUESTS = {
    "discovery",
    "authorize_registration",
    "token_registration",
    "registration",
    "authorize",
    "token",
    "refresh",
    "end_session",
}
NEEDED_METADATA = {
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
    "end_session_endpoint",
    "registration_endpoint",
}


def claims_of(id_token: object) -> dict[str, object]:
    payload = str(id_token).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert isinstance(claims, dict)
    return claims


def error_of(answer: RawAnswer) -> tuple[int, object]:
    return answer.status, answer.document()["error"]


@pytest.mark.parametrize("name", ["ios", "android"])
def test_only_what_changes_from_one_install_to_the_next_is_a_placeholder(name: str) -> None:
    assert {file.stem for file in (APPS / name).iterdir()} == REQUESTS
    assert set().union(*(placeholders(golden_request(name, request)) for request in REQUESTS)) <= PLACEHOLDERS


def test_fact_1_strings_are_taken_for_a_boolean_and_a_list(app: RealApp) -> None:
    body = json.loads(golden_request(app.name, "registration").partition("\n\n")[2])
    assert body["requires_consent"] == "false"
    assert body["post_logout_redirect_uris"] == "io.curity.dcrclient:/logoutcallback"
    document = app.answers["registration"].document()
    assert document["post_logout_redirect_uris"] == ["io.curity.dcrclient:/logoutcallback"]
    assert document.get("requires_consent", False) is False


def test_fact_1_the_person_is_asked_once_and_the_second_leg_is_silent(app: RealApp) -> None:
    install = another_install(app)
    install.authorize("authorize_registration")
    install.redeem("token_registration")
    install.register()
    install.sign_in()
    assert install.asked_for_password == ["authorize_registration"]


def test_fact_2_the_secret_is_taken_in_the_body_for_codes_and_as_each_app_sends_it_for_refresh(app: RealApp) -> None:
    registration, refresh = golden_request(app.name, "registration"), golden_request(app.name, "refresh")
    assert ("token_endpoint_auth_method" in registration) is (app.name == "ios")
    assert ("Authorization: Basic" in refresh) is (app.name == "ios")
    assert "&client_secret=" in golden_request(app.name, "token")
    document = app.answers["registration"].document()
    assert document["token_endpoint_auth_method"] == "client_secret_basic"
    assert document["token_endpoint_auth_methods"] == ["client_secret_basic", "client_secret_post"]
    assert [app.answers[name].status for name in ("token_registration", "token", "refresh")] == [200, 200, 200]


def test_fact_3_the_secret_has_a_numeric_expiry_and_the_registration_pair_is_whole(app: RealApp) -> None:
    document = app.answers["registration"].document()
    assert isinstance(document["client_secret"], str)
    assert type(document["client_secret_expires_at"]) is int
    assert type(document["client_id_issued_at"]) is int
    assert document["registration_access_token"]
    uri = str(document["registration_client_uri"])
    assert uri == f"{app.issuer.partition('/oauth/')[0]}/token-service/oauth-registration/{document['client_id']}"


def test_fact_4_a_refused_registration_is_a_json_error_at_status_400(app: RealApp) -> None:
    install = another_install(app)
    install.authorize("authorize_registration")
    install.redeem("token_registration")
    install.values["initial_access_token"] = install.values["access_token"]
    good = install.request("registration")
    bad = install.server.send_text(good.replace(r"io.curity.dcrclient:\/callback", r"javascript:alert\/callback"))
    assert error_of(bad) == (400, "invalid_redirect_uri")
    assert bad.header("cache-control") == "no-store"
    answer = install.server.send_text(good)
    assert answer.status == 201
    assert answer.document()["client_id"]


def test_fact_4_a_code_used_twice_is_a_json_error_at_status_400(app: RealApp) -> None:
    install = another_install(app)
    install.authorize("authorize_registration")
    install.redeem("token_registration")
    assert error_of(install.send("token_registration")) == (400, "invalid_grant")


def test_fact_5_every_answer_after_sign_in_holds_a_refresh_token(app: RealApp) -> None:
    seen = [app.answers[name].document()["refresh_token"] for name in ("token", "refresh")]
    seen += [app.redeem("refresh")["refresh_token"] for _ in range(3)]
    assert all(seen)
    assert len(set(seen)) == 5
    assert "refresh_token" not in app.answers["token_registration"].document()
    assert "id_token" not in app.answers["refresh"].document()


def test_fact_6_a_suspended_install_is_signed_out_by_invalid_grant_and_comes_back(app: RealApp) -> None:
    set_status(app.database, app.values["client_id"], "inactive")
    refused = app.send("refresh")
    assert error_of(refused) == (400, "invalid_grant")
    assert refused.document()["client_status"] == "inactive"
    set_status(app.database, app.values["client_id"], "active")
    assert error_of(app.send("refresh")) == (400, "invalid_grant")
    app.sign_in()
    app.redeem("refresh")


def test_fact_7_the_id_token_is_fresh_and_from_the_discovered_issuer(app: RealApp) -> None:
    issuer = app.answers["discovery"].document()["issuer"]
    claims = claims_of(app.values["id_token"])
    assert claims["iss"] == issuer == app.issuer
    assert issuer.startswith("https://") is (app.name == "android")
    assert isinstance(claims["iat"], int)
    assert abs(time.time() - claims["iat"]) < 600
    assert (claims["aud"], claims["nonce"]) == (app.values["client_id"], app.sent("authorize")["nonce"])


def test_fact_7_signing_out_answers_with_the_state_and_the_next_sign_in_asks_again(app: RealApp) -> None:
    app.sign_in()
    app.end_session()
    answer = app.answers["end_session"]
    assert answer.header("location").startswith("io.curity.dcrclient:/logoutcallback?")
    assert parameters_of(answer) == {"state": app.sent("end_session")["state"]}
    before = len(app.asked_for_password)
    app.sign_in()
    assert app.asked_for_password[before:] == ["authorize"]


def test_fact_8_both_authorization_requests_are_answered_with_code_state_and_issuer(app: RealApp) -> None:
    for name in ("authorize_registration", "authorize"):
        sent, got = app.sent(name), parameters_of(app.answers[name])
        assert sent["code_challenge_method"] == "S256"
        assert ("prompt" in sent) is (name == "authorize_registration")
        assert {"code", "state", "iss"} == set(got)
        assert (got["state"], got["iss"]) == (sent["state"], app.issuer)
        assert app.answers[name].header("location").startswith("io.curity.dcrclient:/callback?")
    assert app.sent("authorize_registration")["scope"] == "dcr"


def test_fact_9_a_registration_is_answered_with_201_and_a_public_client_gets_no_secret(app: RealApp) -> None:
    assert app.answers["registration"].status == 201
    install = another_install(app)
    install.authorize("authorize_registration")
    install.redeem("token_registration")
    install.values["initial_access_token"] = install.values["access_token"]
    method = '"token_endpoint_auth_method":'
    body = install.request("registration").replace(method + '"client_secret_basic"', method + '"none"')
    body = body if method in body else body[:-1] + f',{method}"none"}}'
    answer = install.server.send_text(body)
    assert answer.status == 201
    assert not {"client_secret", "client_secret_expires_at"} & set(answer.document())


def test_fact_9_resource_is_taken_with_codes_and_refreshes(app: RealApp) -> None:
    install = another_install(app)
    install.authorize("authorize_registration")
    resource = "&resource=https%3A%2F%2Fapi.example%2Fmcp"
    assert install.server.send_text(install.request("token_registration") + resource).status == 200
    answer = app.server.send_text(app.request("refresh") + resource)
    assert answer.status == 200
    app.keep(answer.document())


def test_fact_9_discovery_is_found_in_all_places_and_nowhere_else(app: RealApp) -> None:
    text, issuer_path = golden_request(app.name, "discovery"), "/oauth/v2/oauth-anonymous"
    found = app.answers["discovery"].body
    for kind in ("openid-configuration", "oauth-authorization-server"):
        moved = text.replace(f"{issuer_path}/.well-known/openid-configuration", f"/.well-known/{kind}{issuer_path}")
        assert app.server.send_text(moved).body == found
    for elsewhere in ("/.well-known/openid-configuration", f"{issuer_path}/.well-known/oauth-authorization-server"):
        moved = text.replace(f"{issuer_path}/.well-known/openid-configuration", elsewhere)
        assert app.server.send_text(moved).status == 404


def test_fact_9_a_401_names_the_scheme(app: RealApp) -> None:
    install = another_install(app)
    install.values |= app.values | {"basic_credentials": "eDp5", "client_secret": "wrong"}
    refused = install.send("refresh")
    assert error_of(refused) == (401, "invalid_client")
    assert refused.header("www-authenticate").startswith("Basic realm=")
    install.values["initial_access_token"] = "spent"
    refused = install.send("registration")
    assert error_of(refused) == (401, "invalid_token")
    assert refused.header("www-authenticate").startswith('Bearer error="invalid_token"')


def test_fact_10_discovery_holds_what_appauth_needs(app: RealApp) -> None:
    answer = app.answers["discovery"]
    document = answer.document()
    assert answer.status == 200
    assert not NEEDED_METADATA - {name for name, value in document.items() if value}
    host = app.issuer.partition("/oauth/")[0]
    assert {str(document[name]).startswith(host) for name in document if name.endswith("_endpoint")} == {True}


def another_install(app: RealApp) -> RealApp:
    """The same app on another phone."""
    return RealApp(app.name, app.server, app.database, app.issuer)
