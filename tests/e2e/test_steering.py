"""Settings and administration in a browser: by keyboard alone, and the way of one's own data."""

import os
import re
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, expect

from buildos_app.db.embedded import join, leave
from tests.e2e.conftest import House
from tests.fixtures.processes import Process

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)


def make_admin(house: House, email: str) -> None:
    """What whoever runs the installation types into a shell."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BUILDOS_DATA_DIR")}
    folder = house.data_dir.parent
    environment = {"BUILDOS_DATA_DIR": str(house.data_dir), "PYTHONPATH": str(folder)}
    command = Process("-m", "buildos_app.cli", "admin", "grant", email, folder=folder, base=kept, **environment)
    command.wait_for("is an administrator now")
    assert command.exit_code() == 0
    command.kill()


FAILED = """
INSERT INTO queue_jobs (user_id, job_type, status, error_message, attempts, started_at, completed_at)
SELECT id, 'generate_phases', 'failed', 'The model is busy. Retry it.', 3, now(), now() FROM users WHERE email = %s
"""
ERROR = """
INSERT INTO error_logs (error_type, message, user_id, job_type, outcome)
SELECT 'ServiceUnavailable', 'The model is busy.', id, 'generate_phases', 'failed' FROM users WHERE email = %s
"""


async def test_the_administration_by_keyboard_alone(house: House, person: Any) -> None:
    """From the command bar through every section: a failed job is retried, an error resolved, a person found."""
    somebody = await person()
    page = await somebody.sign_up("steers@example.org", "Alva")
    make_admin(house, "steers@example.org")
    with psycopg.connect(join(house.data_dir)) as connection:
        for statement in (FAILED, ERROR):
            connection.execute(statement, ["steers@example.org"])
    leave(house.data_dir)
    await page.goto(house.url)
    await page.keyboard.press("Control+k")
    await page.keyboard.type("administration", delay=10)
    await expect(page.get_by_role("option", name="Go to the administration")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile("/admin/queue$"))
    row = page.locator("[data-row]").filter(has_text="The model is busy.")
    await expect(row).to_have_count(1)
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await tab_to(page, page.get_by_role("button", name=re.compile("Retry 1")), back=True)
    await page.keyboard.press("Enter")
    await expect(row).to_have_count(0)

    await follow(page, "Errors", "The model is busy.")
    await tab_to(page, page.get_by_label("Select all that are shown"))
    await page.keyboard.press("Space")
    await tab_to(page, page.get_by_label("Note"))
    await page.keyboard.type("The key was renewed")
    await page.keyboard.press("Enter")
    await expect(row).to_have_count(0)

    await follow(page, "People", "steers@example.org")
    await tab_to(page, page.get_by_label("Name or address"))
    await page.keyboard.type("steers@")
    await page.keyboard.press("Enter")
    found = page.locator("[data-row]").filter(has_text="steers@example.org")
    await expect(found.get_by_text("administrator", exact=True)).to_be_visible()
    await follow(page, "Language models", "By purpose")
    await follow(page, "Audit trail", "see the error log")


async def follow(page: Page, section: str, words: str) -> None:
    """Open a section of the administration by keys."""
    await tab_to(page, page.get_by_role("navigation", name="Administration").get_by_role("link", name=section))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main").get_by_text(words).first).to_be_visible()


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


async def tab_to(page: Page, target: Any, *, back: bool = False) -> None:
    """Press Tab until this has the focus, or Shift Tab."""
    for _ in range(80):
        await page.keyboard.press("Shift+Tab" if back else "Tab")
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
