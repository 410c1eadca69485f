"""An administrator at the admin pages, with a browser of their own."""

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from demo_story.person import PASSWORD, Person

ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class AdminVisit:
    person: Person
    admin_url: str

    def revokes(self, client_id: str, *, user_name: str, reason: str) -> str:
        """Sign in, search by user name, choose the instance, and revoke it; the page's last heading."""
        page = self.person.context.new_page()
        page.goto(self.admin_url)
        expect(page.get_by_label("Password")).to_be_visible()
        self.person.photograph(page, "admin-sign-in")
        page.get_by_label("User name").fill(ADMINISTRATOR)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Search by").select_option("user")
        page.get_by_label("Text").fill(user_name)
        page.get_by_role("button", name="Search").click()
        row = page.get_by_role("row").filter(has_text=client_id)
        expect(row).to_contain_text(user_name)
        self.person.photograph(page, "admin-instances")
        row.get_by_role("link").first.click()
        page.get_by_role("link", name="Revoke for ever").click()
        page.get_by_label("Why?").fill(reason)
        self.person.photograph(page, "admin-revoke")
        page.get_by_role("button", name="Revoke for ever").click()
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text(re.compile("^Revoked"))
        self.person.photograph(page, "admin-receipt")
        said = heading.inner_text()
        page.close()
        return said
