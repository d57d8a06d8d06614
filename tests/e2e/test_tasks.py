"""Tasks in a browser: by keyboard alone, in two tabs, and how they look."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.e2e.test_pages import WIDTHS, Looks

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)

LINES = (
    "call Ana today 23:45 30m !high",
    "water the pots every day 23:50 15m",
    "return library books 2020-11-20",
    "send press kit today 20m",
    "build raised beds in 3 days 3h",
    "learn to whistle",
)


async def quick_add(page: Page, *lines: str) -> None:
    """Type lines into quick add, as quickly as one does."""
    await page.keyboard.press("n")
    box = page.get_by_label("What is to be done, and when")
    await expect(box).to_be_focused()
    for line in lines:
        await box.fill(line)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog").get_by_text(re.compile(f"Added “{line[:8]}"))).to_be_visible()
        await expect(box).to_have_value("")
    await page.keyboard.press("Escape")


async def test_a_day_by_keyboard_alone(house: House, person: Any) -> None:
    page = await (await person()).sign_up("tasks@example.org", "Tara")
    await expect(page.get_by_text("Start with what is on your mind")).to_be_visible()

    await page.keyboard.press("n")
    await page.keyboard.type("call Ana today 23:45 30m !high")
    understood = page.locator("#quick-understood")
    for chip in ("today · 23:45", "30 min", "high"):
        await expect(understood.get_by_text(chip, exact=True)).to_be_visible()
    await page.keyboard.press("Escape")
    await quick_add(page, *LINES)
    box = page.get_by_role("checkbox", name="Done: call Ana")
    await expect(box).to_be_visible()

    await page.locator("[data-row]", has_text="call Ana").focus()
    await page.keyboard.press("x")
    await expect(box).to_be_checked()
    await page.keyboard.press("z")
    await expect(box).not_to_be_checked()

    await page.locator("[data-row]", has_text="call Ana").focus()
    await page.keyboard.press("Enter")
    panel = page.get_by_role("dialog", name="Task")
    await expect(panel).to_be_visible()
    await panel.get_by_label("Title").fill("call Ana about the birch")
    await page.keyboard.press("Enter")
    await expect(panel.get_by_text("Saved", exact=True)).to_be_visible()
    await panel.get_by_label("New step").fill("find her number")
    await page.keyboard.press("Enter")
    await expect(panel.get_by_text("find her number")).to_be_visible()
    await panel.get_by_label("Details").fill("typed, and **never** sent by hand")
    await panel.get_by_role("button", name="Preview").press("Enter")
    await expect(panel.locator("strong", has_text="never")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await page.wait_for_url(f"{house.url}/")
    await page.get_by_role("link", name="call Ana about the birch").first.click()
    await expect(panel.get_by_label("Details")).to_have_value("typed, and **never** sent by hand")
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()

    await page.locator("[data-row]", has_text="water the pots").first.focus()
    await page.keyboard.press("s")
    await expect(page.get_by_text("skipped this time")).to_be_visible()


async def test_a_newer_version_is_offered_beside_what_is_typed(house: House, person: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("two-tabs@example.org", "Tim")
    await quick_add(page, "order timber today")
    await page.get_by_role("link", name="order timber").click()
    other = await somebody.open(page.url.removeprefix(house.url))
    mine, theirs = page.get_by_role("dialog", name="Task"), other.get_by_role("dialog", name="Task")
    await expect(theirs).to_be_visible()

    await mine.get_by_label("Details").press_sequentially("half a sentence")
    await theirs.get_by_label("Title").fill("order oak")
    await other.keyboard.press("Enter")

    await expect(mine.get_by_text("Changed in another place: title.")).to_be_visible()
    await expect(mine.get_by_label("Details")).to_have_value("half a sentence")
    await mine.get_by_role("button", name="Show the newer version").click()
    await expect(mine.get_by_label("Title")).to_have_value("order oak")
    await expect(mine.get_by_label("Details")).to_have_value("half a sentence")

    await theirs.get_by_label("Priority").select_option("high")
    await expect(mine.get_by_label("Priority")).to_have_value("high")  # nobody types: it is taken over by itself


@pytest.mark.parametrize(("scheme", "width"), [("light", "phone"), ("dark", "desk"), ("light", "wide")])
async def test_how_tasks_look(house: House, person: Any, pictures: Path, scheme: str, width: str) -> None:
    wide, high = WIDTHS[width]
    somebody = await person(color_scheme=scheme, reduced_motion="reduce", viewport={"width": wide, "height": high})
    page = await somebody.sign_up(f"look-{scheme}-{width}@example.org", "Alva")
    look = Looks(pictures, f"{scheme}-{width}")
    await quick_add(page, *LINES)
    await page.keyboard.press("n")
    await page.keyboard.type("call Ana tomorrow 15:00 30m !high #garden every Monday")
    await expect(page.locator("#quick-understood").get_by_text("every Monday")).to_be_visible()
    await look.at(page, "quick-add")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("heading", name="Workload")).to_be_visible()
    await look.at(page, "today-full")

    await page.get_by_role("link", name="water the pots").first.click()
    await expect(page.get_by_text("Changes and deleting apply to")).to_be_visible()
    await look.at(page, "task-panel")
    await page.keyboard.press("Escape")

    await page.goto(f"{house.url}/dump")
    await page.get_by_label("What is on your mind").fill("Garden: order timber by Friday. Call Jonas tomorrow. Mow.")
    await page.keyboard.press("Control+Enter")
    await page.get_by_role("button", name=re.compile("^Apply")).click()
    await page.wait_for_url(re.compile("/projects/"))
    await page.get_by_role("link", name=re.compile("^Tasks")).click()
    await page.get_by_role("checkbox", name="Select: Order timber").check()
    await expect(page.get_by_text("1 selected")).to_be_visible()
    await look.at(page, "task-list")
    await page.get_by_role("button", name="Board").click()
    await expect(page.get_by_label("Column: Order timber")).to_be_visible()
    await look.at(page, "task-board")
    await page.get_by_label("Column: Order timber").select_option("in_progress")
    await expect(page.get_by_role("region", name="In progress").get_by_text("Order timber")).to_be_visible()
    assert not look.problems, "\n".join(look.problems)
