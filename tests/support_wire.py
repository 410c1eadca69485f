"""What goes over the wire between an app, a browser and the server, as tests write and read it."""

import base64
import hashlib
import html
import re
import secrets
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

PORT = 8443


BASE = f"http://127.0.0.1:{PORT}"


AUTHORIZE = "/oauth/v2/oauth-authorize"


TOKEN = "/oauth/v2/oauth-token"


USERINFO = "/oauth/v2/oauth-userinfo"


LOGOUT = "/oauth/v2/oauth-session/logout"


REGISTER = "/token-service/oauth-registration"


REGISTRATION_CLIENT = "mobile-dcr-client"


REDIRECT = "io.curity.dcrclient:/callback"


LOGGED_OUT = "io.curity.dcrclient:/logoutcallback"


SEED_REQUEST: dict[str, object] = {
    "redirect_uris": [REDIRECT],
    "post_logout_redirect_uris": [LOGGED_OUT],
    "application_type": "native",
    "grant_types": ["authorization_code"],
    "scope": "openid profile",
}


@dataclass(frozen=True, slots=True)
class Pkce:
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def challenge(self) -> str:
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class Instance:
    """A registered instance as its app holds it."""

    client_id: str
    client_secret: str
    document: dict[str, object]


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    refresh_token: str
    id_token: str
    document: dict[str, object]


def form_state(page: httpx.Response) -> str:
    found = re.search(r'name="state" value="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def form_action(page: httpx.Response) -> str:
    found = re.search(r'<form[^>]* action="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def answer_of(response: httpx.Response) -> dict[str, str]:
    """The parameters of an authorization response by redirect."""
    assert response.status_code == 303, (response.status_code, response.text)
    return dict(parse_qsl(response.headers["location"].partition("?")[2], keep_blank_values=True))


def authorize_path(**parameters: str) -> str:
    return f"{AUTHORIZE}?{urlencode(parameters)}"


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def bearer(token: object) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def tokens_of(answer: httpx.Response) -> Tokens:
    document = answer.json()
    return Tokens(document["access_token"], document.get("refresh_token", ""), document.get("id_token", ""), document)


def path_of(uri: str) -> str:
    """Path and query of a URI of the server."""
    parts = urlsplit(uri)
    return parts.path + (f"?{parts.query}" if parts.query else "")
