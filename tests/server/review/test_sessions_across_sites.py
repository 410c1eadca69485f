"""What other sites' pages and other people's sign-ins do to a session."""

import httpx

from support_app import LOGGED_OUT, LOGOUT, Keyfob, Pkce, answer_of

WEB_REDIRECT = "https://app.example/callback"


def signed_out(answer: httpx.Response) -> bool:
    return "keyfob-session=;" in answer.headers.get("set-cookie", "")


def test_a_logout_by_post_from_an_apps_site_ends_the_session(keyfob: Keyfob) -> None:
    instance, browser = keyfob.new_instance(), keyfob.browser()
    tokens = keyfob.tokens(instance, browser)
    form = {"id_token_hint": tokens.id_token, "post_logout_redirect_uri": LOGGED_OUT, "state": "s 1"}
    # SameSite=Lax keeps the cookies of a POST that comes from another site, and brings them with the GET that follows.
    first = keyfob.request("POST", LOGOUT, data=form, headers={"sec-fetch-site": "cross-site"})
    assert first.status_code == 303
    assert first.headers["location"].startswith(f"{LOGOUT}?")
    second = browser.get(first.headers["location"])
    assert second.headers["location"] == f"{LOGGED_OUT}?state=s%201"
    assert signed_out(second)
    assert keyfob.authorize(browser, Pkce(), client_id=instance.client_id).status_code == 200


def test_who_signs_in_to_another_persons_web_app_has_a_session_of_their_own_afterwards(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    web, native = keyfob.new_instance(browser, redirect_uris=[WEB_REDIRECT]), keyfob.new_instance(browser)
    page = keyfob.authorize(browser, Pkce(), client_id=web.client_id, redirect_uri=WEB_REDIRECT, prompt="login")
    refused = browser.sign_in(page, user_name="admin")
    assert (refused.status_code, refused.headers.get("location")) == (400, None)
    assert "keyfob-session=" in refused.headers["set-cookie"]
    asked = keyfob.authorize(browser, Pkce(), client_id=native.client_id, prompt="none")
    assert answer_of(asked)["error"] == "access_denied"
