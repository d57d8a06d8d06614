"""A phone from its first code to its last STOP: the settings in a browser, the phone at the sandbox, a real worker."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.fixtures.phone import Twilio

PHONE = "+4915112340001"
SLOWLY = 30_000
"""Milliseconds for what a worker and two programs besides do."""
once = pytest.mark.parametrize("house", ["offline"], indirect=True)


@pytest.fixture
def phone(house: House) -> Iterator[Twilio]:
    twilio = Twilio(house.sandbox_url)
    twilio.reset()
    yield twilio
    twilio.reset()
    twilio.control.close()


def row(page: Page, words: str) -> Any:
    return page.get_by_role("listitem").filter(has_text=words)


@once
async def test_verified_failed_delivered_stopped_and_back(house: House, person: Any, phone: Twilio) -> None:
    page = await (await person()).sign_up("texts@example.org", "Tex")
    await page.goto(f"{house.url}/settings/sms")
    await expect(page.get_by_text("No message yet")).to_be_visible()

    # A code proves the number; a wrong one is said beside the field.
    await page.get_by_label("Mobile number").fill("0151 12340001")
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.get_by_text("A code is on its way to +49 1511 2340001")).to_be_visible(timeout=SLOWLY)
    await expect(page.get_by_role("button", name="Send it again")).to_be_disabled()
    code = phone.code(PHONE)
    await page.get_by_label("Code", exact=True).fill("000000" if code != "000000" else "111111")
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_role("alert").filter(has_text="4 more tries")).to_be_visible()
    phone.next({"kind": "outcome", "statuses": ["sent", "undelivered"], "error_code": 30005})
    await page.get_by_label("Code", exact=True).fill(code)
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_text("verified", exact=True)).to_be_visible(timeout=SLOWLY)

    # The welcome fails on the way, and says so by itself; sent again, it arrives.
    await expect(row(page, "not delivered").filter(has_text="cannot be reached")).to_be_visible(timeout=SLOWLY)
    await page.get_by_role("button", name=re.compile("Send again")).click()
    await expect(page.get_by_text("delivered", exact=True)).to_be_visible(timeout=SLOWLY)
    assert [each["status"] for each in phone.sent()] == ["undelivered", "delivered"]

    # STOP from the phone is seen at once, and START brings everything back.
    phone.receive("Stop", PHONE)
    await expect(page.get_by_text("You replied STOP.")).to_be_visible(timeout=SLOWLY)
    phone.receive("START", PHONE)
    await expect(page.get_by_text("verified", exact=True)).to_be_visible(timeout=SLOWLY)
    assert "Reply STOP" in phone.receive("help", PHONE)

    # The same in the settings, with the keyboard.
    await page.get_by_role("button", name="Turn off", exact=True).press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Turn off").press("Enter")
    await expect(page.get_by_text("turned off", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Turn back on").click()
    await expect(page.get_by_text("verified", exact=True)).to_be_visible(timeout=SLOWLY)

    # What is chosen stays chosen.
    await page.get_by_label("Task reminders").check()
    await page.get_by_label("From", exact=True).fill("22:15")
    await page.get_by_role("button", name="Save text messages").click()
    await expect(page.get_by_text("Text messages saved")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Task reminders")).to_be_checked()
    await expect(page.get_by_label("From", exact=True)).to_have_value("22:15")


@once
async def test_the_sandboxs_phone_can_be_held_in_the_hand(house: House, person: Any, phone: Twilio) -> None:
    page = await (await person()).open("/sign-in")
    phone.receive("hello", PHONE)
    await page.goto(f"{house.sandbox_url}/phone")
    await page.get_by_role("link", name=PHONE).click()
    await page.get_by_label("Text message").fill("help")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("BuildOS sends you reminders")).to_be_visible()
