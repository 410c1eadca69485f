from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from support_browser import PageAt, chromium, failure_picture
from support_page_gallery import PageGallery, open_page_gallery

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module. Playwright's loop counts as running in this thread for as long as it is open: a browser
    that lived for the whole session would break every other test that calls `asyncio.run`.
    """
    with chromium() as opened:
        yield opened


@pytest.fixture
def page_at(browser: Browser, request: pytest.FixtureRequest) -> Iterator[PageAt]:
    contexts: list[BrowserContext] = []

    def open_page(
        width: int = 1280, *, dark: bool = False, javascript: bool = True, forced_colors: bool = False
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            forced_colors="active" if forced_colors else "none",
        )
        contexts.append(context)
        return context.new_page()

    yield open_page
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(page for context in contexts for page in context.pages):
            page.screenshot(path=failure_picture(request.node.nodeid, number), full_page=True)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def gallery() -> Iterator[PageGallery]:
    """Every page in every state that matters, served on loopback."""
    with open_page_gallery() as served:
        yield served
