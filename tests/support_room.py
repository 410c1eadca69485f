"""A person who registers one device more than they may have."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from keyfob_server.rules.policy import RegistrationPolicy
from support_app import REDIRECT, REGISTRATION_CLIENT, Browser, Instance, Keyfob, Pkce, answer_of

NO_ROOM = "/authn/authentication/no-room"
PASSWORD = "Password1"
PLAIN_ONLY = RegistrationPolicy(templatized=False, max_instances_per_owner=2, max_new_per_day=0)
"""What a registration will meet is known for sure."""
Serving = Callable[[RegistrationPolicy], Keyfob]


@dataclass(slots=True)
class Registering:
    """The first leg of a registration, up to and behind the question which device to remove."""

    keyfob: Keyfob
    browser: Browser
    pkce: Pkce = field(default_factory=Pkce)

    def begin(self, **changes: str) -> httpx.Response:
        """As an app does that always wants the password."""
        asked = {"client_id": REGISTRATION_CLIENT, "scope": "dcr", "nonce": "", "prompt": "login"} | changes
        return self.keyfob.authorize(self.browser, self.pkce, **asked)

    def signed_in(self, user_name: str = "demouser", **changes: str) -> httpx.Response:
        return self.browser.sign_in(self.begin(**changes), user_name)

    def remove(self, page: httpx.Response, device: str, password: str = PASSWORD) -> httpx.Response:
        """Both forms: the one of the list, and the one that asks for the password."""
        asked = self.browser.submit(page, do="remove", device=device)
        assert asked.status_code == 200, asked.text
        return self.browser.submit(asked, do="remove", device=device, confirm="1", password=password)

    def initial_token(self, answer: httpx.Response) -> str:
        """Of the answer that carries the code."""
        form = {"grant_type": "authorization_code", "client_id": REGISTRATION_CLIENT, "code": answer_of(answer)["code"]}
        redeemed = self.keyfob.token(form | {"redirect_uri": REDIRECT, "code_verifier": self.pkce.verifier})
        assert redeemed.status_code == 200, redeemed.text
        return str(redeemed.json()["access_token"])


def registering(keyfob: Keyfob, browser: Browser | None = None) -> Registering:
    return Registering(keyfob, browser or keyfob.browser())


def insisting_token(keyfob: Keyfob) -> str:
    """Of a person who goes on though there may be no room."""
    one = registering(keyfob)
    asked = one.browser.submit(one.signed_in(), go_on="1")
    return one.initial_token(one.browser.submit(asked, allow="1"))


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text)
    assert found, page.text
    return found[1]


def offered(page: httpx.Response) -> list[str]:
    """The client ids that can be removed, in order."""
    return re.findall(r'name="device" value="([^"]+)"', page.text)


def lead(page: httpx.Response) -> str:
    found = re.search(r'<p class="lead">(.*?)</p>', page.text, re.DOTALL)
    assert found, page.text
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def own(keyfob: Keyfob, count: int = 2) -> list[Instance]:
    """Registered one after the other, a minute apart."""
    made = []
    for number in range(count):
        made.append(keyfob.new_instance(instance_name=f"Phone {number}", client_name="Harbour Bank"))
        keyfob.clock.forward(60)
    return made
