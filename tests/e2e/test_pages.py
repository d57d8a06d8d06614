"""Every page, light and dark, on a phone and on a desk: nothing for axe to find, nothing that scrolls sideways."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.e2e.test_first_day import dump

WIDTHS = {"phone": (390, 844), "desk": (1280, 900), "wide": (1920, 1080)}
pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)


@dataclass
class Looks:
    """Takes a picture of each page and collects what is wrong with it."""

    pictures: Path
    prefix: str
    problems: list[str] = field(default_factory=list)

    async def at(self, page: Page, name: str) -> None:
        name = f"{self.prefix}-{name}"
        await page.screenshot(path=self.pictures / f"{name}.png")
        for found in (await Axe().run(page)).response["violations"]:
            self.problems += [f"{name}: {found['id']}: {node['html'][:200]}" for node in found["nodes"]]
        if not await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            self.problems.append(f"{name}: scrolls sideways")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_a_page_for_everybody(house: House, person: Any, pictures: Path, scheme: str, width: str) -> None:
    wide, high = WIDTHS[width]
    somebody = await person(color_scheme=scheme, reduced_motion="reduce", viewport={"width": wide, "height": high})
    look = Looks(pictures, f"{scheme}-{width}")
    for path in ("/sign-in", "/sign-up", "/forgot-password", "/reset-password", "/confirm-address"):
        page = await somebody.open(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await look.at(page, f"{path.strip('/')}")
    page = await somebody.sign_up(f"{scheme}-{width}@example.org", "Alva")
    for path in (
        "/",
        "/dump",
        "/dumps",
        "/projects",
        "/briefs",
        "/notifications",
        "/jobs",
        "/settings/notifications",
        "/settings/briefs",
        "/nowhere",
    ):
        await page.goto(house.url + path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.locator(".skeleton")).to_have_count(0)
        if path == "/nowhere":
            somebody.complaints.clear()  # the browser says that the answer was 404, as it should be
        await look.at(page, f"empty-{path.strip('/') or 'today'}")

    await dump(page, house)
    await look.at(page, "review")
    await page.get_by_role("button", name=re.compile("^Edit Order timber")).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await look.at(page, "editor")
    await page.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name=re.compile("^Apply")).click()
    await page.wait_for_url(re.compile("/projects/"))
    await expect(page.get_by_role("heading", name="Next")).to_be_visible()
    await look.at(page, "project")
    await page.get_by_role("link", name="Phases").click()
    await page.get_by_role("button", name="Generate phases").click()
    await page.get_by_role("dialog").get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("heading", name="Proposed phases")).to_be_visible()
    await look.at(page, "proposal")
    await page.get_by_role("button", name=re.compile("^Accept")).click()
    await expect(page.get_by_role("button", name="Regenerate phases")).to_be_visible()
    await look.at(page, "phases")
    for path in ("/", "/dump", "/projects", "/notifications"):
        await page.goto(house.url + path)
        mentioned = page.get_by_role("main").get_by_text(re.compile("Garden|applied"))
        await expect(mentioned.locator("visible=true").first).to_be_visible()
        await look.at(page, f"{path.strip('/') or 'today'}")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await look.at(page, "commands")
    assert not look.problems, "\n".join(look.problems)


async def test_by_keyboard_alone(house: House, person: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("keys@example.org", "Kei")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Kei")

    await page.keyboard.press("b")
    await expect(page.get_by_label("What is on your mind")).to_be_focused()
    await page.keyboard.type("Garden: order timber by Friday. Call Jonas tomorrow.")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("3 of 3 selected")).to_be_visible()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.get_by_text("2 of 3 selected")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(re.compile("/projects/"))
    await expect(page.get_by_role("checkbox", name="Done: Order timber")).to_be_visible()
    await page.keyboard.press("g")
    await page.keyboard.press("t")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Kei")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.type("garden")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/projects/"))


async def test_what_is_typed_survives_the_tab(house: House, person: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("draft@example.org", "Dana")
    await page.goto(f"{house.url}/dump")
    await page.get_by_label("What is on your mind").fill("a thought that must not be lost")
    await expect(page.get_by_text("Draft saved")).to_be_visible()
    await page.close()

    again = await somebody.open("/dump")

    await expect(again.get_by_label("What is on your mind")).to_have_value("a thought that must not be lost")
