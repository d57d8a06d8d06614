"""A dump from its first letter to its undo: by keyboard alone, by touch on a phone, and in two tabs."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.e2e.test_pages import Looks

TEXT = (
    "Garden: order the timber by Friday. Call Jonas tomorrow at 3pm. The fence is 24 m long and needs care. "
    "What a strange smell in there. Should the gate be oak or pine?"
)
pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)


async def send(page: Page, house: House, text: str = TEXT) -> None:
    await page.goto(house.url + "/dump")
    await expect(page.locator(".skeleton")).to_have_count(0)
    await page.get_by_label("What is on your mind").fill(text)
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(re.compile(r"/dump/[0-9a-f-]{36}$"))
    await expect(page.get_by_role("heading", name="Review your dump")).to_be_visible()


async def test_by_keyboard_alone(house: House, person: Any, pictures: Path) -> None:
    page = await (await person(reduced_motion="reduce")).sign_up("kay@example.org", "Kay")
    look = Looks(pictures, "dumps-desk")
    box = page.get_by_role("dialog", name="Brain dump").get_by_label("What is on your mind")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Kay")
    await page.keyboard.press("b")
    await expect(box).to_be_focused()
    await look.at(page, "above")
    await page.keyboard.insert_text(TEXT)
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(box).to_have_count(0)
    await expect(page).to_have_url(house.url + "/")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Kay")
    await page.keyboard.press("b")
    await expect(box).to_have_value(TEXT)
    await box.focus()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("5 of 5 selected")).to_be_visible()
    await look.at(page, "review")

    rows = page.locator("[data-row]")
    for key in ("j", "j", "x"):
        await page.keyboard.press(key)
    await expect(page.get_by_text("4 of 5 selected")).to_be_visible()
    await page.keyboard.press("j")
    await expect(rows.nth(2)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.get_by_role("dialog").get_by_label("When").fill("")
    await page.keyboard.insert_text("by 3/12")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("alert")).to_contain_text("3 December or 12 March: which one?")
    await page.get_by_role("dialog").get_by_label("When").fill("on 3 December at 15:00")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    gap = page.get_by_role("button", name="Make a task of: What a strange smell in there.")
    await gap.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("5 of 6 selected")).to_be_visible()
    await rows.last.focus()
    await page.keyboard.press("d")
    await expect(page.get_by_text("4 of 5 selected")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(re.compile("/projects/"))
    await expect(page.get_by_role("heading", level=1, name="Garden")).to_be_visible()
    await expect(page.locator(".toast", has_text="Applied 4 proposals")).to_be_visible()

    await page.keyboard.press("g")
    await page.keyboard.press("d")
    await page.wait_for_url(house.url + "/dumps")
    await expect(page.get_by_text("1 dump in the last year")).to_be_visible()
    await look.at(page, "history")
    await page.locator("#words").fill("smell JONAS")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Your dumps").click()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="This dump was applied")).to_have_count(0)
    undo = page.get_by_role("button", name="Undo all of it")
    await expect(undo).to_be_visible()
    await look.at(page, "applied")
    await undo.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1, name="Undone")).to_be_visible()
    assert look.problems == []


async def test_by_touch_on_a_phone(house: House, person: Any, pictures: Path) -> None:
    screen = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
    somebody = await person(**screen, has_touch=True, is_mobile=True)
    page = await somebody.sign_up("touch@example.org", "Tom")
    look = Looks(pictures, "dumps-phone")
    await send(page, house)

    await page.get_by_role("checkbox", name="Take in: Call Jonas").tap()
    await expect(page.get_by_text("4 of 5 selected")).to_be_visible()
    await page.get_by_role("button", name="Edit Order the timber").tap()
    await page.get_by_role("dialog").get_by_label("Title").fill("Order oak")
    await page.get_by_role("button", name="Save").tap()
    await page.get_by_role("button", name="Remove The fence").tap()
    await expect(page.get_by_text("3 of 4 selected")).to_be_visible()
    await look.at(page, "review")
    await page.get_by_role("button", name=re.compile("^Apply 3")).tap()
    await page.wait_for_url(re.compile("/projects/"))

    await page.goto(house.url + "/dump")
    await expect(page.get_by_text("Should the gate be oak or pine?")).to_be_visible()
    await look.at(page, "box-with-a-question")
    await send(page, house, "Ordered oak. The gate will be oak, not pine. URGENT: order oak again!")
    await look.at(page, "update")
    await page.goto(house.url + "/dumps")
    await expect(page.get_by_text("2 dumps in the last year")).to_be_visible()
    await look.at(page, "history")
    assert look.problems == []


async def test_a_second_tab_applies_nothing_twice(house: House, person: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("twice@example.org", "Tia")
    await send(page, house)
    other = await somebody.open(page.url.removeprefix(house.url))
    await expect(other.get_by_text("5 of 5 selected")).to_be_visible()

    await page.get_by_role("button", name=re.compile("^Apply 5")).click()
    await page.wait_for_url(re.compile("/projects/"))
    await other.get_by_role("button", name=re.compile("^Apply 5")).click()

    await expect(other.get_by_text("This dump was applied or discarded already.")).to_be_visible()
    await page.goto(house.url + "/projects")
    await expect(page.get_by_role("main").get_by_role("link", name=re.compile("Garden"))).to_have_count(1)
