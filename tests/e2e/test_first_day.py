"""A newcomer's first day, on the real servers: from the sign-up to phases, with news in every tab."""

import re
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import Page, expect

from tests.e2e.conftest import PASSWORD, House

TEXT = (Path(__file__).parent / "a_full_head.txt").read_text()


async def dump(page: Page, house: House) -> None:
    """Paste the text, send it, and wait until the proposals are there."""
    await page.goto(f"{house.url}/dump")
    box = page.get_by_label("What is on your mind")
    await expect(box).to_be_enabled()
    await box.fill(TEXT)
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(re.compile(r"/dump/[0-9a-f-]{36}$"))
    await expect(page.get_by_text(re.compile(r"^\d+ of \d+ selected$"))).to_be_visible()


async def selected(page: Page) -> tuple[int, int]:
    words = await page.get_by_text(re.compile(r"^\d+ of \d+ selected$")).inner_text()
    taken, _, of, _ = words.split()
    return int(taken), int(of)


async def test_a_first_day(house: House, person: Any, pictures: Path) -> None:
    assert len(TEXT.split()) >= 300
    mira = await person()
    page = await mira.sign_up(f"mira-{house.engine}@example.org", "Mira")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Mira")
    second_tab = await mira.open("/projects")
    ravi = await person("Asia/Kolkata")
    foreign_tab = await ravi.sign_up(f"ravi-{house.engine}@example.org", "Ravi")

    await dump(page, house)
    engine = "offline engine" if house.engine == "offline" else "sandbox-model"
    await expect(page.get_by_text(engine)).to_be_visible()
    before, total = await selected(page)
    assert total >= 25
    await page.screenshot(path=pictures / f"review-{house.engine}.png")

    await page.get_by_role("checkbox", name="Take in: Buy a present").click()
    await expect(page.get_by_text(f"{before - 1} of {total} selected")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Edit Order timber")).click()
    editor = page.get_by_role("dialog", name="Edit task")
    await editor.get_by_label("Title").fill("Order timber and screws")
    await editor.get_by_label("When").fill("tomorrow at 16:00")
    await editor.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Order timber and screws")).to_be_visible()

    await page.reload()
    await expect(page.get_by_text(f"{before - 1} of {total} selected")).to_be_visible()
    await expect(page.get_by_text("Order timber and screws")).to_be_visible()

    await page.get_by_role("button", name=re.compile("^Apply")).click()
    await page.wait_for_url(re.compile("/projects/"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Garden")
    tasks = page.get_by_role("listitem")
    await expect(tasks.filter(has_text="Order timber and screws")).to_contain_text("tomorrow · 16:00")
    await expect(tasks.filter(has_text="Call the tree surgeon")).to_contain_text("tomorrow · 15:00")
    await expect(second_tab.get_by_role("main").get_by_text("Mum's 70th birthday")).to_be_visible()
    await page.screenshot(path=pictures / f"project-{house.engine}.png")

    await page.get_by_role("link", name="Phases").click()
    await page.get_by_role("button", name="Generate phases").click()
    await page.get_by_role("dialog").get_by_role("button", name="Plan it").click()
    await expect(page.get_by_role("heading", name="Proposed phases")).to_be_visible()
    for tab in (page, second_tab):
        await expect(tab.get_by_text("Garden: phases are planned").first).to_be_visible()
    await expect(foreign_tab.get_by_text("phases are planned")).to_have_count(0)
    await page.get_by_role("button", name=re.compile("^Accept")).click()
    await expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    await expect(page.get_by_role("button", name="Regenerate phases")).to_be_visible()
    await page.screenshot(path=pictures / f"phases-{house.engine}.png")

    closed_meanwhile = await mira.open("/notifications")
    await expect(closed_meanwhile.get_by_role("main").get_by_text("Garden: phases are planned")).to_be_visible()

    await sign_out_everywhere(page, second_tab, house, mira)


async def sign_out_everywhere(page: Page, second_tab: Page, house: House, mira: Any) -> None:
    """After the sign-out the cookie that was in use opens nothing, and the other tab is sent away."""
    stolen = {cookie["name"]: cookie["value"] for cookie in await mira.context.cookies()}
    async with httpx2.AsyncClient(base_url=house.url, cookies=stolen) as thief:
        assert (await thief.get("/")).status_code == 200
        await page.locator("summary").filter(has_text="Mira").click()
        await page.get_by_role("button", name="Sign out").click()
        await page.wait_for_url(f"{house.url}/sign-in")
        answer = await thief.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    await second_tab.get_by_role("link", name="Notifications").click()
    await second_tab.wait_for_url(f"{house.url}/sign-in")

    await page.get_by_label("E-mail").fill(f"mira-{house.engine}@example.org")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{house.url}/")
    await expect(page.get_by_role("navigation").get_by_text("Garden")).to_be_visible()
