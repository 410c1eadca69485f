"""An app at a server process, over real HTTP. A person's part can be done here by filling in forms, or in a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from support_app import (
    LOGGED_OUT,
    LOGOUT,
    REDIRECT,
    REGISTER,
    REGISTRATION_CLIENT,
    TOKEN,
    Instance,
    Pkce,
    answer_of,
    authorize_path,
    basic,
    bearer,
    form_action,
    form_state,
)

LOOPBACK, LOOPBACK_LOGOUT = "http://127.0.0.1/callback", "http://127.0.0.1/logoutcallback"
_LANDED = b"<!doctype html><html lang=en><title>App</title><h1>Back in the app</h1>"


@dataclass(frozen=True, slots=True)
class RemoteApp:
    """One app; each of its registrations is a new install."""

    base_url: str
    pkce: Pkce = field(default_factory=Pkce)

    def authorize_url(self, client_id: str, redirect_uri: str, **changes: str) -> str:
        parameters = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": self.pkce.challenge,
            "code_challenge_method": "S256",
        } | changes
        return self.base_url + authorize_path(**{name: value for name, value in parameters.items() if value})

    def dcr_url(self, redirect_uri: str, **changes: str) -> str:
        return self.authorize_url(REGISTRATION_CLIENT, redirect_uri, scope="dcr", nonce="", **changes)

    def logout_url(self, **parameters: str) -> str:
        return f"{self.base_url}{LOGOUT}?{urlencode(parameters)}"

    def redeem(self, code: str, redirect_uri: str, instance: Instance | None = None) -> dict[str, str]:
        """The token answer; without an instance as the registration client."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": self.pkce.verifier,
        }
        if instance is None:
            form["client_id"] = REGISTRATION_CLIENT
        headers = basic(instance.client_id, instance.client_secret) if instance else {}
        answer = httpx.post(self.base_url + TOKEN, data=form, headers=headers)
        assert answer.status_code == 200, answer.text
        document: dict[str, str] = answer.json()
        return document

    def register_with(self, initial_token: str, **members: object) -> Instance:
        document = {
            "redirect_uris": [LOOPBACK, REDIRECT],
            "post_logout_redirect_uris": [LOOPBACK_LOGOUT, LOGGED_OUT],
            "grant_types": ["authorization_code"],
            "scope": "openid profile",
            "client_name": "Harbour Bank",
        } | members
        answer = httpx.post(self.base_url + REGISTER, json=document, headers=bearer(initial_token))
        assert answer.status_code == 201, answer.text
        registered = answer.json()
        return Instance(registered["client_id"], registered["client_secret"], registered)

    def initial_token(self) -> str:
        """Demouser's, from a browser of its own."""
        with httpx.Client() as browser:
            page = browser.get(self.dcr_url(REDIRECT, prompt="login"))
            form = {"state": form_state(page), "username": "demouser", "password": "Password1"}
            code = answer_of(browser.post(self.base_url + form_action(page), data=form))["code"]
        return self.redeem(code, REDIRECT)["access_token"]

    def new_instance(self, **members: object) -> Instance:
        """Registered by demouser, in a browser of its own."""
        return self.register_with(self.initial_token(), **members)


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the browser comes back to the app; unlike an app's own receiver it stays open for the whole test."""

    port: int
    queries: list[dict[str, str]] = field(default_factory=list)
    """What each visit of a callback brought."""

    @property
    def callback(self) -> str:
        return f"http://127.0.0.1:{self.port}/callback"

    @property
    def logout_callback(self) -> str:
        return f"http://127.0.0.1:{self.port}/logoutcallback"


@contextmanager
def open_landing() -> Iterator[Landing]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            found = parts.path in {"/callback", "/logoutcallback"}
            if found:
                landing.queries.append(dict(parse_qsl(parts.query, keep_blank_values=True)))
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(_LANDED if found else b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
            """Silent: a test's output is for what failed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        landing = Landing(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield landing
        finally:
            server.shutdown()
            thread.join()
