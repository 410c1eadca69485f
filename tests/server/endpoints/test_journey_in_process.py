"""The main job through the ASGI app: register, sign in by single sign-on, refresh, switch off."""

from pathlib import Path

from support_app import Pkce, running_keyfob, tokens_of


def test_an_install_registers_itself_signs_in_and_refreshes(tmp_path: Path) -> None:
    with running_keyfob(tmp_path) as keyfob:
        browser = keyfob.browser()
        instance = keyfob.new_instance(browser)
        pkce = Pkce()
        answer = keyfob.authorize(browser, pkce, client_id=instance.client_id)
        assert answer.status_code == 303
        tokens = keyfob.tokens(instance, browser)
        first = tokens_of(keyfob.refresh(instance, tokens.refresh_token))
        assert first.refresh_token
        assert not first.id_token
        assert keyfob.userinfo(first.access_token).json() == {
            "sub": "demouser",
            "name": "Demo User",
            "given_name": "Demo",
            "family_name": "User",
            "preferred_username": "demouser",
        }
