"""Debian's Chromium through Playwright, and what tests ask of a page."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FAILURES = Path(__file__).parent.parent / "build" / "browser-failures"

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
_AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE_RUN = """async ([type, values]) => {
  const found = await axe.run(document, {runOnly: {type, values}, preload: false});
  const lines = (kind) => found[kind].flatMap((rule) => rule.nodes.map((node) => `${kind}: ${rule.id}: ${node.html}`));
  return [...lines("violations"), ...lines("incomplete")];
}"""


class PageAt(Protocol):
    def __call__(
        self, width: int = 1280, *, dark: bool = False, javascript: bool = True, forced_colors: bool = False
    ) -> Page:
        """A page in a browser context of its own: `width` in CSS pixels, 844 high."""
        ...


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        root = ("--no-sandbox",) if os.geteuid() == 0 else ()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET, *root])
        try:
            yield browser
        finally:
            browser.close()


@cache
def _axe_script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def axe_findings(page: Page) -> list[str]:
    """What axe-core holds against the page, and what it could not decide: one line for each element."""
    page.evaluate(_axe_script())
    return _run_axe(page, "tag", _AXE_TAGS)


def axe_findings_in_light_and_dark(page: Page) -> list[str]:
    """As `axe_findings`, and the colours once more in the dark: all that a colour scheme changes."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = axe_findings(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + [f"dark: {line}" for line in _run_axe(page, "rule", ["color-contrast"])]


def _run_axe(page: Page, kind: str, values: list[str]) -> list[str]:
    found: list[str] = page.evaluate(_AXE_RUN, [kind, values])
    return found


def failure_picture(node_id: str, number: int) -> Path:
    """Where the picture of a page goes whose test failed."""
    FAILURES.mkdir(parents=True, exist_ok=True)
    return FAILURES / f"{re.sub(r'[^A-Za-z0-9]+', '-', node_id).strip('-')[-150:]}-{number}.png"
