"""A dump that takes its time: a reload in the middle, a stop, a model that fails, a page that breaks."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import House
from tests.fixtures.processes import Sandbox

TEXT = "Garden: order timber by Friday. Call Jonas tomorrow."
openai_only = pytest.mark.parametrize("house", ["openai"], indirect=True)
ADDRESS = re.compile(r"/dump/[0-9a-f-]{36}$")


@pytest.fixture
def model(house: House) -> Iterator[Sandbox]:
    """The control of the sandbox beside the house."""
    sandbox = Sandbox(int(house.sandbox_url.rpartition(":")[2]), smtp_port=0)  # no mail is sent here
    sandbox.reset()
    yield sandbox
    sandbox.reset()
    sandbox.close()


async def begin(page: Page, house: House) -> None:
    await page.goto(f"{house.url}/dump")
    await page.get_by_label("What is on your mind").fill(TEXT)
    await page.get_by_role("button", name="Process").click()
    await page.wait_for_url(ADDRESS)


@openai_only
async def test_a_reload_in_the_middle_loses_nothing(house: House, person: Any, model: Sandbox) -> None:
    model.next({"kind": "hold"}, {"kind": "hold"})
    page = await (await person()).sign_up("reload@example.org", "Rae")
    await begin(page, house)
    await expect(page.get_by_role("main").get_by_text("Finding tasks and notes")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text(TEXT)).to_be_visible()

    await page.reload()

    await expect(page.get_by_role("main").get_by_text("Finding tasks and notes")).to_be_visible()
    model.release()
    await expect(page.get_by_role("main").get_by_text("3 of 3 selected")).to_be_visible()
    assert len(model.calls()) == 2


@openai_only
async def test_stopping_stops_the_model_and_keeps_the_text(house: House, person: Any, model: Sandbox) -> None:
    model.next({"kind": "hold"}, {"kind": "hold"})
    page = await (await person()).sign_up("stop@example.org", "Stan")
    await begin(page, house)
    await expect(page.get_by_role("main").get_by_text("Finding tasks and notes")).to_be_visible()

    await page.get_by_role("main").get_by_role("button", name="Stop").click()

    await expect(page.get_by_role("main").get_by_text("Stopped. Your text is kept.")).to_be_visible()
    model.calls(aborted=2)
    await page.get_by_role("main").get_by_role("button", name="Read it again").click()
    await expect(page.get_by_role("main").get_by_text("3 of 3 selected")).to_be_visible()


@openai_only
async def test_a_model_that_fails_is_told_in_plain_words(house: House, person: Any, model: Sandbox) -> None:
    model.next(*[{"kind": "status", "status": 401}] * 2)
    page = await (await person()).sign_up("refused@example.org", "Fay")
    await begin(page, house)

    await expect(page.get_by_role("main").get_by_text("refused the key: check OPENAI_API_KEY")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text(TEXT)).to_be_visible()


@openai_only
async def test_a_page_that_cannot_be_drawn_says_so(house: House, person: Any) -> None:
    somebody = await person()
    await somebody.sign_up("broken@example.org", "Bo")
    await somebody.context.add_init_script(
        "const get = Storage.prototype.getItem;"
        "Storage.prototype.getItem = function (key) {"
        "  if (key === 'buildos-seen') throw new Error('broken on purpose');"
        "  return get.call(this, key);"
        "};"
    )

    page = await somebody.open("/projects")

    await expect(page.get_by_role("heading", name="This page could not be drawn")).to_be_visible()
    assert any("broken on purpose" in complaint for complaint in somebody.complaints)
    somebody.complaints.clear()
