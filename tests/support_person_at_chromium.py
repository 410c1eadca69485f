"""A program that opens an address as a desktop's browser does, with a person who signs in when asked.

The address is the last argument; the browser is closed as soon as it is back at the app.
"""

import re
import sys

from playwright.sync_api import expect

from support_browser import chromium


def main() -> None:
    with chromium() as browser:
        page = browser.new_page()
        page.goto(sys.argv[-1])
        expect(page.get_by_role("heading", level=1)).to_have_text(
            re.compile("Return to the app|Sign in|Register this device"), timeout=20_000
        )
        if page.get_by_label("Password").count():
            page.get_by_label("User name").fill("demouser")
            page.get_by_label("Password").fill("Password1")
            page.get_by_role("button", name=re.compile("^Sign in")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Return to the app", timeout=20_000)


if __name__ == "__main__":
    main()
