"""A person at a browser, as a program: opens the URL, fills in the demo's account, keeps cookies in a file.

    python support_person.py COOKIES LOG URL

Each page visited is a line `METHOD URL-without-query` in LOG.
"""

import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import LWPCookieJar
from pathlib import Path

ACCOUNT = {"username": "demouser", "password": "Password1"}
MAX_PAGES = 5


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The first form of a page, its inputs filled in, submitted by its first button."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.form: Form | None = None
        self._open = self._pressed = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.form is None:
            self.form, self._open = Form(given["action"]), True
        elif self.form and self._open and tag == "input" and "name" in given:
            self.form.fields[given["name"]] = ACCOUNT.get(given["name"]) or given.get("value", "")
        elif self.form and self._open and tag == "button" and not self._pressed:
            self._pressed = True
            if "name" in given:
                self.form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def main() -> None:
    cookies, log, url = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    jar = LWPCookieJar(cookies)
    if cookies.exists():
        jar.load(ignore_discard=True)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar))
    request = urllib.request.Request(url)  # noqa: S310 - the demo server's own URL
    for _ in range(MAX_PAGES):
        with log.open("a") as visits:
            visits.write(f"{request.get_method()} {request.full_url.partition('?')[0]}\n")
        with opener.open(request, timeout=30) as answer:
            form = Page(answer.read().decode()).form
            here = answer.url
        jar.save(ignore_discard=True)
        if form is None:
            return
        target = urllib.parse.urljoin(here, form.action)
        body, headers = urllib.parse.urlencode(form.fields).encode(), {"Origin": _origin(here)}
        request = urllib.request.Request(target, body, headers)  # noqa: S310 - a form of the same server


def _origin(url: str) -> str:
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


if __name__ == "__main__":
    main()
