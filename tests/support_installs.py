"""Installs of an app at a server process, each with the newest refresh token that it was told."""

from dataclasses import dataclass, field

import httpx

from support_app import TOKEN, Instance, Pkce, answer_of, basic, form_action, form_state
from support_remote_app import LOOPBACK, RemoteApp


@dataclass
class Install:
    """An app on one phone: what it registered, and the newest refresh token that it was told."""

    instance: Instance
    refresh_token: str
    acknowledged: int = 0
    unusable: list[str] = field(default_factory=list)

    async def refresh(self, http: httpx.AsyncClient) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        credentials = basic(self.instance.client_id, self.instance.client_secret)
        answer = await http.post(TOKEN, data=form, headers=credentials)
        if answer.status_code == 200:
            self.refresh_token = answer.json()["refresh_token"]
            self.acknowledged += 1
        return answer


def new_install(base_url: str) -> Install:
    """Registered and signed in as a person does it."""
    app = RemoteApp(base_url, Pkce())
    instance = app.new_instance()
    with httpx.Client(base_url=base_url) as browser:
        page = browser.get(app.authorize_url(instance.client_id, LOOPBACK, prompt="login"))
        form = {"state": form_state(page), "username": "demouser", "password": "Password1"}
        code = answer_of(browser.post(form_action(page), data=form))["code"]
    return Install(instance, app.redeem(code, LOOPBACK, instance)["refresh_token"])
