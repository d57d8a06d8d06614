"""The calendar in a browser: connect, plan, an edit from the other side, a conflict, reconnect, disconnect."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from buildos_app.clock import zone
from tests.e2e.conftest import House
from tests.e2e.test_tasks import quick_add
from tests.fixtures.google import Google

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)
EMAIL, BERLIN = "ana@gmail.example", zone("Europe/Berlin")


async def until(page: Page, google: Google, title: str) -> dict[str, Any]:
    """The event with this title, once it is there."""
    for _ in range(100):
        found = [event for event in google.events() if event.get("summary") == title]
        if found:
            return found[0]
        await page.wait_for_timeout(100)
    raise AssertionError(f"no event {title!r} in {[event.get('summary') for event in google.events()]}")


async def begins_at(page: Page, google: Google, title: str, hour: int, minute: int, *, days: int = 1) -> None:
    """Wait until the event begins then, so many days from today."""
    for _ in range(150):
        begins = datetime.fromisoformat((await until(page, google, title))["start"]["dateTime"]).astimezone(BERLIN)
        if (begins.hour, begins.minute, (begins.date() - datetime.now(BERLIN).date()).days) == (hour, minute, days):
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"{title!r} begins at {begins}")


async def connect(page: Page, house: House) -> None:
    await page.goto(house.url + "/settings/calendar")
    await page.get_by_role("link", name=re.compile("^Connect")).click()
    await page.get_by_label("Account").fill(EMAIL)
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_text("connected", exact=True)).to_be_visible()
    await expect(page.get_by_text("synced just now")).to_be_visible()


async def move_about(page: Page, google: Google) -> None:
    """A week in sight: by keys, which keep the task in focus, and by dragging."""
    block = page.locator("[data-calendar-task]", has_text="Write the big offer")
    await block.focus()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(block).to_contain_text("15:15")
    await page.keyboard.press("Alt+ArrowRight")
    await begins_at(page, google, "Write the big offer", 15, 15, days=2)
    await expect(block).to_be_focused()
    await page.keyboard.press("Alt+ArrowLeft")
    await begins_at(page, google, "Write the big offer", 15, 15)
    tomorrow = page.locator("[data-calendar-day]", has=block)
    await block.drag_to(tomorrow, target_position={"x": 40, "y": 4 * 48 + 5}, source_position={"x": 10, "y": 5})
    await expect(block).to_contain_text("10:00")
    await begins_at(page, google, "Write the big offer", 10, 0)


async def change_on_both_sides(page: Page, house: House, google: Google, pictures: Path) -> None:
    """Google is slow while the task is moved here, and there: the ledger has both, and the other with one click."""
    event = await until(page, google, "Write the big offer")
    block = page.locator("[data-calendar-task]", has_text="Write the big offer")
    google.fail(call="events.list", times=2)
    await block.focus()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(block).to_contain_text("10:15")
    noon = datetime.fromisoformat(event["start"]["dateTime"]).astimezone(BERLIN).replace(hour=12)
    times = {"start": noon, "end": noon + timedelta(hours=1)}
    google.edit("patch", event["id"], **{name: {"dateTime": each.isoformat()} for name, each in times.items()})
    await expect(block).to_contain_text("12:00")  # theirs is newer
    await page.get_by_role("link", name="Changes on both sides").click()
    entry = page.get_by_role("main").get_by_role("listitem").filter(has_text="Write the big offer")
    await expect(entry).to_contain_text("10:15")
    await page.screenshot(path=pictures / "calendar-changes.png")
    await entry.get_by_role("button", name="Take this one").click()
    await expect(entry).to_contain_text("You chose this one.")
    await begins_at(page, google, "Write the big offer", 10, 15)


async def test_both_calendars_as_one(house: House, person: Any, pictures: Path) -> None:
    google = Google(house.sandbox_url, EMAIL)
    somebody = await person(reduced_motion="reduce")
    page = await somebody.sign_up("calendar@example.org", "Ana")
    await connect(page, house)

    await page.goto(house.url + "/")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Ana")
    await quick_add(page, "Write the offer tomorrow 15:00 1h")
    event = await until(page, google, "Write the offer")
    await page.goto(house.url + "/calendar")
    await page.get_by_role("button", name="Day", exact=True).click()
    await page.get_by_role("button", name="Later").click()
    await expect(page.locator("[data-calendar-task]", has_text="Write the offer")).to_contain_text("15:00")
    google.edit("patch", event["id"], summary="Write the big offer")
    await expect(page.locator("[data-calendar-task]", has_text="Write the big offer")).to_be_visible()  # no reload
    await page.get_by_role("button", name="Week").click()
    await move_about(page, google)
    await change_on_both_sides(page, house, google, pictures)

    google.turn(revoke=True)
    await page.goto(house.url + "/settings/calendar")
    await page.get_by_role("button", name="Sync now").click()
    await expect(page.get_by_role("link", name=re.compile("^Reconnect"))).to_be_visible()
    await page.get_by_role("link", name=re.compile("^Reconnect")).click()
    await page.get_by_role("button", name="Allow").click()
    await expect(page.get_by_text("connected", exact=True)).to_be_visible()

    await page.get_by_role("button", name="Disconnect").click()
    await page.get_by_role("button", name="Keep the events").click()
    await expect(page.get_by_text("not connected")).to_be_visible()
    assert len(ours(google)) == 1
    await connect(page, house)
    assert len(ours(google)) == 1  # known again by its mark
    await page.get_by_role("button", name="Disconnect").click()
    await page.get_by_role("button", name="Remove the events").click()
    await expect(page.get_by_text("not connected")).to_be_visible()
    assert ours(google) == []
    google.close()


def ours(google: Google) -> list[dict[str, Any]]:
    """The events of tasks."""
    return [each for each in google.events() if "buildosTask" in str(each)]
