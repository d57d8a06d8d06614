"""Settings and administration in a browser: every section looked at, by keyboard, and the way of one's own data."""

import os
import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.fixtures.processes import Process

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)

WIDTHS = {"phone": (390, 844), "tablet": (768, 1024), "desk": (1280, 900), "wide": (1920, 1080)}
SETTINGS = ("profile", "model", "security", "data", "tokens")
ADMIN = ("queue", "errors", "people", "models", "audit")


def make_admin(house: House, email: str) -> None:
    """What whoever runs the installation types into a shell."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BUILDOS_DATA_DIR")}
    folder = house.data_dir.parent
    environment = {"BUILDOS_DATA_DIR": str(house.data_dir), "PYTHONPATH": str(folder)}
    command = Process("-m", "buildos_app.cli", "admin", "grant", email, folder=folder, base=kept, **environment)
    command.wait_for("is an administrator now")
    assert command.exit_code() == 0
    command.kill()


async def look_at(page: Page, pictures: Any, name: str) -> list[str]:
    """Pictures of a page at four widths, light and dark; what axe finds in two of them, and what scrolls sideways."""
    problems = []
    for width, (wide, high) in WIDTHS.items():
        await page.set_viewport_size({"width": wide, "height": high})
        for scheme in ("light", "dark"):
            await page.evaluate("(dark) => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")
            await page.screenshot(path=pictures / f"{scheme}-{width}-{name}.png")
            if not await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
                problems.append(f"{width} {name}: scrolls sideways")
            if (width, scheme) in (("phone", "dark"), ("desk", "light")):
                for found in (await Axe().run(page)).response["violations"]:
                    nodes = [node["html"][:160] for node in found["nodes"]]
                    problems += [f"{width} {scheme} {name}: {found['id']}: {node}" for node in nodes]
    await page.set_viewport_size({"width": 1280, "height": 900})
    return problems


async def test_every_section_at_every_width(house: House, person: Any, pictures: Any) -> None:
    somebody = await person(reduced_motion="reduce")
    page = await somebody.sign_up("steers@example.org", "Alva")
    make_admin(house, "steers@example.org")
    problems: list[str] = []
    for base, sections in (("settings", SETTINGS), ("admin", ADMIN)):
        for section in sections:
            await page.goto(f"{house.url}/{base}/{section}")
            await expect(page.get_by_role("heading", level=2).first).to_be_visible()
            await expect(page.locator(".skeleton")).to_have_count(0)
            problems += await look_at(page, pictures, f"{base}-{section}")
    assert not problems, "\n".join(problems)


async def test_a_token_by_keyboard_alone(house: House, person: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("token-keys@example.org", "Kei")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Kei")
    await page.keyboard.press("g")
    await page.keyboard.press("s")
    await page.wait_for_url(re.compile("/settings/profile$"))
    await tab_to(page, page.get_by_role("link", name="Tokens"))
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/settings/tokens$"))
    await expect(page.get_by_text("No token yet")).to_be_visible()
    await tab_to(page, page.get_by_label("Name"))
    await page.keyboard.type("Backup script")
    await page.keyboard.press("Enter")
    token = await page.locator("#new-token").inner_text()
    assert token.startswith("bos_")
    answer = await page.request.get(f"{house.url}/api/queue-jobs", headers={"authorization": f"Bearer {token}"})
    assert answer.status == 200

    await page.get_by_role("button", name="Make token").focus()
    await page.keyboard.press("j")
    await page.keyboard.press("x")

    await expect(page.get_by_text("No token yet")).to_be_visible()
    await expect(page.locator("#new-token")).to_have_count(0)


async def tab_to(page: Page, target: Any) -> None:
    """Press Tab until this has the focus."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError("it cannot be reached with Tab")


async def test_data_goes_out_and_comes_back(house: House, person: Any, pictures: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("data-travels@example.org", "Dana")
    await page.goto(f"{house.url}/settings/data")
    await page.get_by_role("button", name="Export everything").click()
    link = page.get_by_role("link", name="Download the export")
    await expect(link).to_be_visible(timeout=30_000)
    async with page.expect_download() as downloading:
        await link.click()
    archive = await (await downloading.value).path()

    await page.get_by_label("Export file").set_input_files({"name": "x.zip", "mimeType": "", "buffer": b"no archive"})
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_role("alert").get_by_text("no export of BuildOS")).to_be_visible()
    somebody.complaints.clear()  # the browser says that the answer was 400, as it should be
    await page.get_by_label("Export file").set_input_files(archive)
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_text("Your import is done").first).to_be_visible(timeout=30_000)

    await page.get_by_label("Your password").fill("correct horse battery staple")
    await page.get_by_role("button", name="Delete my account").click()
    await expect(page.get_by_text("will be deleted on")).to_be_visible()
    await page.screenshot(path=pictures / "light-desk-settings-data-leaving.png", full_page=True)
    await page.get_by_role("button", name="Keep my account").click()
    await expect(page.get_by_role("button", name="Delete my account")).to_be_visible()


async def test_the_administration_is_closed_to_others(house: House, person: Any) -> None:
    somebody = await person()
    page = await somebody.sign_up("curious@example.org", "Cuno")

    await page.goto(f"{house.url}/admin/people")

    await page.wait_for_url(house.url + "/")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Cuno")
