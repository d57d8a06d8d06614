"""The calendar in a browser: connect, plan, an edit from the other side, a conflict, reconnect, disconnect."""

import re
from datetime import datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.e2e.test_tasks import quick_add
from tests.fixtures.google import Google

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)
EMAIL = "ana@gmail.example"


async def until(page: Page, google: Google, title: str) -> dict[str, Any]:
    """The event with this title, once it is there."""
    for _ in range(100):
        found = [event for event in google.events() if event.get("summary") == title]
        if found:
            return found[0]
        await page.wait_for_timeout(100)
    raise AssertionError(f"no event {title!r} in {[event.get('summary') for event in google.events()]}")


async def test_both_calendars_as_one(house: House, person: Any, pictures: Any) -> None:
    google = Google(house.sandbox_url, EMAIL)
    somebody = await person(reduced_motion="reduce")
    page = await somebody.sign_up("calendar@example.org", "Ana")

    await page.goto(house.url + "/settings/calendar")
    await page.get_by_role("link", name=re.compile("^Connect")).click()
    await page.get_by_label("Account").fill(EMAIL)
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_text("connected", exact=True)).to_be_visible()
    await expect(page.get_by_text("synced just now")).to_be_visible()
    await page.screenshot(path=pictures / "calendar-connected.png")

    await page.goto(house.url + "/")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Ana")
    await quick_add(page, "Write the offer tomorrow 15:00 1h")
    event = await until(page, google, "Write the offer")

    await page.goto(house.url + "/calendar")
    await page.get_by_role("button", name="Day", exact=True).click()
    await page.get_by_role("button", name="Later").click()
    block = page.locator("[data-calendar-task]", has_text="Write the offer")
    await expect(block).to_contain_text("15:00")
    await page.screenshot(path=pictures / "calendar-day.png")
    google.edit("patch", event["id"], summary="Write the big offer")
    block = page.locator("[data-calendar-task]", has_text="Write the big offer")
    await expect(block).to_be_visible()  # without a reload

    await block.focus()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(block).to_contain_text("15:15")
    for _ in range(100):
        moved = datetime.fromisoformat(google.edit("patch", event["id"])["start"]["dateTime"])
        if moved.minute == 15:
            break
        await page.wait_for_timeout(100)
    assert moved.minute == 15
    await page.get_by_role("button", name="Week").click()
    await page.screenshot(path=pictures / "calendar-week.png")

    google.turn(revoke=True)
    await page.goto(house.url + "/settings/calendar")
    await page.get_by_role("button", name="Sync now").click()
    await expect(page.get_by_role("link", name=re.compile("^Reconnect"))).to_be_visible()
    await page.screenshot(path=pictures / "calendar-revoked.png")
    await page.get_by_role("link", name=re.compile("^Reconnect")).click()
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_text("connected", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Disconnect").click()
    await page.get_by_role("button", name="Remove the events").click()
    await expect(page.get_by_text("not connected")).to_be_visible()
    left = [each for each in google.events() if "buildosTask" in str(each)]
    assert left == []
    google.close()
