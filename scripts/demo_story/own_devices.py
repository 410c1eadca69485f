"""The owner of an install at the page of their own devices."""

import re

from playwright.sync_api import expect

from demo_story.person import Person


def names_the_device(person: Person, base_url: str, name: str) -> str:
    """Name the only device that is set up, ask to remove it, and keep it; what the list then says of it.

    The person is signed in already. The photographs are of the list, and of the question.
    """
    page = person.context.new_page()
    page.goto(f"{base_url}/devices")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Your devices")
    device = page.get_by_role("listitem").filter(has=page.get_by_role("button", name="Remove this device"))
    expect(device).to_have_count(1)
    device.get_by_text("Rename").click()
    device.get_by_label("Name of this device").fill(name)
    device.get_by_role("button", name="Save the name").click()
    expect(device.get_by_role("heading")).to_contain_text(name)
    person.photograph(page, "devices")
    device.get_by_role("button", name="Remove this device").click()
    expect(heading).to_have_text("Remove this device?")
    person.photograph(page, "remove-device")
    page.get_by_role("link", name="Keep it").click()
    expect(heading).to_have_text("Your devices")
    said = re.sub(r"\s+", " ", device.inner_text())
    page.close()
    return said
