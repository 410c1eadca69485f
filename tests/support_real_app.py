"""The seed's mobile app, as the requests that it sends: golden files, filled in as the app goes along."""

import base64
import html
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from support_app import Pkce
from support_raw_http import RawAnswer, RawServer, filled, golden_request


@dataclass
class PhoneBrowser:
    """Keeps cookies, and fills in forms as a person does."""

    server: RawServer
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, text: str) -> RawAnswer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.server.send_text(text, (f"Cookie: {cookies}",) if cookies else ())
        for line in answer.all("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        return answer

    def sign_in(self, page: RawAnswer) -> RawAnswer:
        text = page.body.decode()
        action, state = (
            html.unescape(found[1])
            for pattern in (r'<form[^>]* action="([^"]+)"', r'name="state" value="([^"]+)"')
            if (found := re.search(pattern, text))
        )
        form = urlencode({"state": state, "username": "demouser", "password": "Password1"})
        head = f"POST {action} HTTP/1.1\nHost: {{{{host}}}}\nSec-Fetch-Site: same-origin\n"
        types = "Content-Type: application/x-www-form-urlencoded\nContent-Length: {{content_length}}"
        return self.send(f"{head}{types}\n\n{form}")


@dataclass
class RealApp:
    """One install of the app on a phone. Each step sends one golden request and keeps the answer under its name."""

    name: str
    server: RawServer
    database: Path
    issuer: str
    browser: PhoneBrowser = field(init=False)
    answers: dict[str, RawAnswer] = field(default_factory=dict)
    asked_for_password: list[str] = field(default_factory=list)
    """The authorization requests that showed a page."""
    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.browser = PhoneBrowser(self.server)

    def request(self, name: str) -> str:
        return filled(golden_request(self.name, name), self.values)

    def send(self, name: str) -> RawAnswer:
        self.answers[name] = self.server.send_text(self.request(name))
        return self.answers[name]

    def authorize(self, name: str) -> None:
        """By the phone's browser; the person signs in when asked. What came back is kept as it is."""
        pkce = Pkce()
        self.values |= {"code_verifier": pkce.verifier, "code_challenge": pkce.challenge}
        answer = self.browser.send(self.request(name))
        if answer.status == 200:
            self.asked_for_password.append(name)
            answer = self.browser.sign_in(answer)
        self.answers[name] = answer
        self.values["code"] = parameters_of(answer)["code"]

    def end_session(self) -> None:
        self.answers["end_session"] = self.browser.send(self.request("end_session"))

    def redeem(self, name: str) -> dict[str, object]:
        document = self.send(name).document()
        self.keep(document)
        return document

    def register(self) -> dict[str, object]:
        self.values["initial_access_token"] = self.values["access_token"]
        document = self.send("registration").document()
        self.keep(document)
        pair = f"{document['client_id']}:{document['client_secret']}"
        self.values["basic_credentials"] = base64.b64encode(pair.encode()).decode()
        return document

    def keep(self, document: dict[str, object]) -> None:
        self.values |= {name: str(value) for name, value in document.items()}

    def sign_in(self) -> None:
        self.authorize("authorize")
        self.redeem("token")

    def sent(self, name: str) -> dict[str, str]:
        """The query parameters of a request by browser, as the file has them."""
        target = golden_request(self.name, name).split(" ", 2)[1]
        return dict(parse_qsl(urlsplit(target).query))


def parameters_of(answer: RawAnswer) -> dict[str, str]:
    """What a redirect to the app carries."""
    assert answer.status == 303, answer
    return dict(parse_qsl(answer.header("location").partition("?")[2]))
