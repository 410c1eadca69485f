"""The admin listener in this process, beside the public one, and an administrator's browser that knows both."""

import html
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from keyfob_protocol.identifiers import AccountId
from keyfob_server.composition.server import Serving, admin_listener_app
from keyfob_server.rules.accounts import NewAccount
from keyfob_server.rules.records import ACTIVE, Account
from keyfob_server.web.admin.app import AdminApp
from support_app import BASE, Keyfob
from support_callers import Caller

ADMIN_BASE = "http://127.0.0.1:6749"
PASSWORD = "Password1"


def admin_app_of(keyfob: Keyfob) -> AdminApp:
    app = admin_listener_app(keyfob.installation, Serving())
    assert isinstance(app, AdminApp)
    return app


@dataclass
class AdminBrowser:
    """One person's browser: cookies by name, since ports do not part them. It follows redirects when told to."""

    keyfob: Keyfob
    app: AdminApp
    cookies: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """Every Set-Cookie line that came."""

    def get(self, url: str, *, follow: bool = True, **headers: str) -> httpx.Response:
        answer = self._send("GET", url, None, headers)
        for _ in range(10):
            if not follow or answer.status_code != 303:
                return answer
            answer = self._send("GET", answer.headers["location"], None, {})
        raise AssertionError("redirected in circles")

    def post(self, url: str, form: dict[str, str] | list[tuple[str, str]], **headers: str) -> httpx.Response:
        return self._send("POST", url, form, headers)

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Fill in the first form of the page that posts, and press its button."""
        action, hidden = forms_of(page)[0]
        taken = [(name, value) for name, value in hidden if name not in fields]
        return self.post(action, [*taken, *fields.items()])

    def sign_in(self, user_name: str = "admin", password: str = PASSWORD, path: str = "/admin") -> httpx.Response:
        """The page that was asked for, after the sign-in page."""
        page = self.get(path)
        assert 'name="password"' in page.text, page.text
        answer = self.submit(page, username=user_name, password=password)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])

    def send(self, method: str, url: str) -> httpx.Response:
        return self._send(method, url, None, {})

    def _send(
        self, method: str, url: str, form: dict[str, str] | list[tuple[str, str]] | None, headers: dict[str, str]
    ) -> httpx.Response:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ADMIN_BASE
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        is_public = origin == BASE or (not parts.netloc and path.startswith(("/oauth", "/authn")))
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        content = None
        if form is not None:
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
            content = str(httpx.QueryParams(form if isinstance(form, dict) else list(form)))
        if is_public:
            answer = self.keyfob.request(method, path, content=content, headers=sent)
        else:
            answer = self.keyfob.run(self._ask(method, path, content, sent))
        for line in answer.headers.get_list("set-cookie"):
            self.lines.append(line)
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    async def _ask(self, method: str, path: str, content: str | None, headers: dict[str, str]) -> httpx.Response:
        caller = Caller(httpx.ASGITransport(self.app), ADMIN_BASE)
        return await caller.request(method, path, content=content, headers=headers)


def forms_of(page: httpx.Response) -> list[tuple[str, list[tuple[str, str]]]]:
    """The forms that post, without that of signing out: where to, and the hidden fields."""
    found = []
    for form in re.findall(r'<form[^>]*method="post"[^>]*>.*?</form>', page.text, re.DOTALL):
        action = re.search(r'action="([^"]+)"', form)
        assert action
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
        if action[1] != "/admin/sign-out":
            found.append((html.unescape(action[1]), [(name, html.unescape(value)) for name, value in hidden]))
    return found


def form_token(page: httpx.Response) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def add_account(keyfob: Keyfob, user_name: str, *roles: str, password: str = PASSWORD) -> Account:
    new = NewAccount(user_name=user_name, password=password, roles=roles)
    installation = keyfob.installation

    async def add() -> Account:
        account = Account(
            id=AccountId(installation.services.entropy.uuid7()),
            user_name=new.user_name,
            status=ACTIVE,
            generation=1,
            created=(await installation.store.load()).now,
            roles=new.roles,
        )
        hashed = await installation.services.passwords.hash(new.password)
        assert await installation.store.add_account(account, password_hash=hashed)
        return account

    return keyfob.run(add())


def an_administrator(keyfob: Keyfob, user_name: str = "admin") -> AdminBrowser:
    browser = AdminBrowser(keyfob, admin_app_of(keyfob))
    page = browser.sign_in(user_name)
    assert page.status_code == 200, page.text
    return browser
