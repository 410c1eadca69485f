"""The whole server in this process: the real ASGI app over a real SQLite file, with a clock that can travel.

`Keyfob` is synchronous for the tests' sake: it drives one event loop of its own. Nothing in it knows a shortcut: people
sign in through the pages, apps register and redeem through the endpoints.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import httpx

from keyfob_server.composition.demo import seed
from keyfob_server.composition.server import OpenInstallation, public_app
from keyfob_server.crypto.argon2 import ArgonPasswords, ArgonSettings
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.rules.policy import Policy
from keyfob_server.web.app import PublicApp
from support_callers import Caller, FromAnywhere
from support_clock import Clock
from support_installation import database_of, open_in
from support_wire import (
    AUTHORIZE,
    BASE,
    LOGGED_OUT,
    LOGOUT,
    PORT,
    REDIRECT,
    REGISTER,
    REGISTRATION_CLIENT,
    SEED_REQUEST,
    TOKEN,
    USERINFO,
    Instance,
    Pkce,
    Tokens,
    answer_of,
    authorize_path,
    basic,
    bearer,
    form_action,
    form_state,
    path_of,
    tokens_of,
)

__all__ = [
    "AUTHORIZE",
    "BASE",
    "CHEAP",
    "LOGGED_OUT",
    "LOGOUT",
    "PORT",
    "REDIRECT",
    "REGISTER",
    "REGISTRATION_CLIENT",
    "SEED_REQUEST",
    "TOKEN",
    "USERINFO",
    "Browser",
    "Clock",
    "Instance",
    "Keyfob",
    "Pkce",
    "Tokens",
    "answer_of",
    "authorize_path",
    "basic",
    "bearer",
    "form_action",
    "form_state",
    "path_of",
    "running_keyfob",
    "tokens_of",
]

T = TypeVar("T")
CHEAP = ArgonSettings(memory_kib=64, passes=1)
"""Argon2 as cheap as it goes: these tests are not about its cost."""


class Browser:
    """Cookies of one person's browser; follows forms, never redirects."""

    def __init__(self, keyfob: "Keyfob") -> None:
        self._keyfob = keyfob
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._send("GET", path, None, headers)

    def post(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        return self._send("POST", path, form, headers)

    def _send(self, method: str, path: str, form: dict[str, str] | None, headers: dict[str, str]) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = self._keyfob.request(method, path, data=form, headers=sent)
        for line in response.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return response

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Fill in the page's form and press its button."""
        return self.post(form_action(page), {"state": form_state(page), **fields})

    def sign_in(self, page: httpx.Response, user_name: str = "demouser", password: str = "Password1") -> httpx.Response:
        return self.submit(page, username=user_name, password=password)


class Keyfob:
    """The server, and what apps and people do with it."""

    def __init__(self, installation: OpenInstallation, app: PublicApp, clock: Clock, runner: asyncio.Runner) -> None:
        self.installation = installation
        self.app = app
        self.clock = clock
        self._runner = runner
        # Cookies are a Browser's, or one person's session would be everybody's.
        self._http = Caller(FromAnywhere(app), BASE)

    @property
    def database(self) -> Path:
        return database_of(self.installation.settings)

    @property
    def issuer(self) -> str:
        return self.installation.settings.policy.issuer

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self._runner.run(work)

    def request(self, method: str, path: str, **arguments: object) -> httpx.Response:
        return self.together(((method, path, arguments),))[0]

    def together(self, requests: Sequence[tuple[str, str, dict[str, object]]]) -> list[httpx.Response]:
        """Send all at once, and let the server finish what no answer waits for."""

        async def send() -> list[httpx.Response]:
            sent = (self._http.request(method, path, **more) for method, path, more in requests)
            answers = await asyncio.gather(*sent)
            await self.installation.services.background.finish()
            return answers

        return self.run(send())

    def browser(self) -> Browser:
        return Browser(self)

    def authorize(self, browser: Browser, pkce: Pkce, **changes: str) -> httpx.Response:
        """The request of an app, by the browser; a change to empty text leaves the parameter out."""
        parameters = {
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": "openid profile",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": pkce.challenge,
            "code_challenge_method": "S256",
        } | changes
        return browser.get(authorize_path(**{name: value for name, value in parameters.items() if value}))

    def token(self, form: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Response:
        return self.request("POST", TOKEN, data=form, headers=headers or {})

    def initial_token(self, browser: Browser | None = None) -> str:
        """Leg one: the registration client, after the person gave the password."""
        browser, pkce = browser or self.browser(), Pkce()
        page = self.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")
        code = answer_of(browser.sign_in(page))["code"]
        answer = self.token(
            {
                "grant_type": "authorization_code",
                "client_id": REGISTRATION_CLIENT,
                "code": code,
                "redirect_uri": REDIRECT,
                "code_verifier": pkce.verifier,
            }
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def register(self, token: str, document: dict[str, object] | None = None) -> httpx.Response:
        return self.request(
            "POST", REGISTER, json=SEED_REQUEST if document is None else document, headers=bearer(token)
        )

    def new_instance(self, browser: Browser | None = None, **changes: object) -> Instance:
        answer = self.register(self.initial_token(browser), SEED_REQUEST | changes)
        assert answer.status_code == 201, answer.text
        document = answer.json()
        return Instance(document["client_id"], document.get("client_secret", ""), document)

    def code_for(self, instance: Instance, browser: Browser, pkce: Pkce, **changes: str) -> str:
        """Leg two: as the instance, by single sign-on or with the password when asked."""
        answer = self.authorize(browser, pkce, client_id=instance.client_id, **changes)
        if answer.status_code == 200:
            answer = browser.sign_in(answer)
        return answer_of(answer)["code"]

    def redeem(self, instance: Instance, code: str, pkce: Pkce, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "code_verifier": pkce.verifier,
        } | changes
        present = {name: value for name, value in form.items() if value}
        return self.token(present, basic(instance.client_id, instance.client_secret))

    def tokens(self, instance: Instance, browser: Browser | None = None, **changes: str) -> Tokens:
        pkce = Pkce()
        code = self.code_for(instance, browser or self.browser(), pkce, **changes)
        answer = self.redeem(instance, code, pkce)
        assert answer.status_code == 200, answer.text
        return tokens_of(answer)

    def refresh(self, instance: Instance, refresh_token: str, **more: str) -> httpx.Response:
        credentials = basic(instance.client_id, instance.client_secret)
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token, **more}, credentials)

    def userinfo(self, access_token: str) -> httpx.Response:
        return self.request("GET", USERINFO, headers=bearer(access_token))


@contextmanager
def running_keyfob(folder: Path, *, policy: Policy | None = None, clock: Clock | None = None) -> Iterator[Keyfob]:
    """The demo's data in `folder`; `policy` replaces the demo's."""
    clock = clock or Clock()
    with asyncio.Runner() as runner:
        opened = runner.run(open_in(folder, policy, clock))
        opened.passwords.close()
        cheap = ArgonPasswords(CHEAP, SystemEntropy())
        installation = replace(opened, passwords=cheap, services=replace(opened.services, passwords=cheap))
        try:
            runner.run(seed(installation))
            yield Keyfob(installation, public_app(installation.services), clock, runner)
        finally:
            runner.run(installation.close())
