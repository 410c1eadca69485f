"""A person at Debian's Chromium, who signs in when a page asks, and photographs every page."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
USER_NAME, PASSWORD = "demouser", "Password1"
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_PATIENCE_MS = 10_000
_PHONE, _DESKTOP = (390, 844), (1280, 800)


@dataclass(slots=True)
class Person:
    """One browser with its cookies, from the first step to the last."""

    context: BrowserContext
    pictures: Path
    """The folder for the photographs."""
    warned: bool = False
    """They were told that this browser does not know the server's certificate authority, and go on."""
    taken: list[Path] = field(default_factory=list)

    @contextmanager
    def someone_else(self) -> Iterator["Person"]:
        """A browser of its own, which knows none of these cookies; the photographs are counted on."""
        browser = self.context.browser
        if browser is None:
            raise TypeError("this browser has no windows beside its own")
        context = browser.new_context(ignore_https_errors=self.warned)
        context.set_default_timeout(_PATIENCE_MS)
        try:
            yield Person(context, self.pictures, self.warned, self.taken)
        finally:
            context.close()

    def signs_in(self, url: str, name: str, *, told: str = "") -> None:
        """Follow the app's address, give the password, and come back to the app. `name` names the photographs.

        `told` is what the page must say.
        """
        page = self._open(url)
        expect(page.get_by_label("Password")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text(told)
        self.photograph(page, f"{name}-sign-in")
        page.get_by_label("User name").fill(USER_NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name=re.compile("^Sign in")).click()
        self._lands(page, name)

    def passes_through(self, url: str, name: str) -> None:
        """Follow the app's address; the server asks for nothing, and the browser is back at the app."""
        self._lands(self._open(url), name)

    def _open(self, url: str) -> Page:
        page = self.context.new_page()
        page.goto(url)
        return page

    def _lands(self, page: Page, name: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text("Return to the app")
        self.photograph(page, f"{name}-back-in-the-app")
        page.close()

    def photograph(self, page: Page, name: str) -> None:
        for (width, height), scheme in ((_PHONE, "light"), (_DESKTOP, "dark")):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            file = self.pictures / f"{len(self.taken) // 2 + 1:02}-{name}-{width}-{scheme}.png"
            page.screenshot(path=file, full_page=True, animations="disabled")
            self.taken.append(file)


@contextmanager
def person_at_chromium(pictures: Path, *, warned: bool = False) -> Iterator[Person]:
    """Photographs of earlier stories are taken out of the folder first.

    `warned`: the person was told that this browser does not know the server's certificate authority, and goes on.
    """
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.png"):
        old.unlink()
    with sync_playwright() as playwright:
        # Chromium's sandbox cannot be had as root.
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        with playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *root]) as browser:
            context = browser.new_context(ignore_https_errors=warned)
            context.set_default_timeout(_PATIENCE_MS)
            yield Person(context, pictures, warned)
