"""Every state of the pages of briefs, as a browser shows it: none, being written, stopped, failed, there, and older."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from playwright.async_api import Page, expect

from buildos_app.db.embedded import join, leave
from tests.e2e.conftest import House
from tests.fixtures.processes import Sandbox

openai_only = pytest.mark.parametrize("house", ["openai"], indirect=True)
OF_BEA = "FROM users u WHERE u.email = 'bea@example.org'"
FAILS = f"""
    WITH job AS (
        SELECT add_queue_job(u.id, 'generate_daily_brief', '{{}}', 10, now() + interval '1 day') AS id {OF_BEA}
    )
    UPDATE daily_briefs b SET job_id = job.id FROM job, users u WHERE u.id = b.user_id AND u.email = 'bea@example.org'
"""
OLDER = f"""
    INSERT INTO daily_briefs (user_id, brief_date, timezone, title, summary, markdown, content, completed_at)
    SELECT b.user_id, b.brief_date - 1, b.timezone, 'A quiet day', b.summary, 'Marmalade was made.', b.content,
        now()
    FROM daily_briefs b WHERE b.user_id = (SELECT u.id {OF_BEA})
"""


@pytest.fixture
def model(house: House) -> Iterator[Sandbox]:
    """The control of the sandbox beside the house."""
    sandbox = Sandbox(int(house.sandbox_url.rpartition(":")[2]), smtp_port=0)
    sandbox.reset()
    yield sandbox
    sandbox.reset()
    sandbox.close()


def change(house: House, *statements: str) -> None:
    """What no page does: a job that fails for good, and a brief of the day before."""
    with psycopg.connect(join(house.data_dir)) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    leave(house.data_dir)


def writing(page: Page) -> Any:
    return page.get_by_role("main").get_by_role("progressbar", name="Writing your brief")


@openai_only
async def test_from_no_brief_to_many(house: House, person: Any, model: Sandbox) -> None:
    page = await (await person()).sign_up("bea@example.org", "Bea")
    await page.goto(f"{house.url}/briefs")
    main = page.get_by_role("main")
    await expect(main.get_by_text("No briefs yet")).to_be_visible()

    # Being written: it survives a reload, and can be stopped, which stops the model too.
    model.next({"kind": "hold"})
    await main.get_by_role("button", name="Write today's brief").click()
    await expect(writing(page)).to_be_visible()
    model.calls(at_least=1)
    await page.reload()
    await expect(writing(page)).to_be_visible()
    await expect(main.get_by_text("Writing about")).to_be_visible()
    await main.get_by_role("button", name="Cancel").click()
    await expect(main.get_by_text("You stopped it.")).to_be_visible()
    model.calls(aborted=1)

    # It could not be written: the reason, and another try, which brings it by itself.
    change(house, FAILS, "UPDATE queue_jobs SET status = 'processing', started_at = now() WHERE metadata = '{}'",
           "UPDATE queue_jobs SET status = 'failed', error_message = 'The disk is full.', completed_at = now()"
           " WHERE metadata = '{}'")  # fmt: skip
    await page.reload()
    await expect(main.get_by_role("alert").filter(has_text="The disk is full.")).to_be_visible()
    await main.get_by_role("button", name="Try again").click()
    await main.get_by_role("link", name="Read the brief").click()

    # Written again: what one reads stays until the new one is whole.
    await expect(main.get_by_role("button", name="Regenerate")).to_be_enabled()
    title = await main.get_by_role("heading", level=1).inner_text()
    model.next({"kind": "hold"})
    await main.get_by_role("button", name="Regenerate").press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Write again").press("Enter")
    await expect(writing(page)).to_be_visible()
    await expect(main.get_by_role("heading", level=1)).to_have_text(title)
    model.release()
    await expect(writing(page)).to_be_hidden()
    await expect(main.get_by_role("heading", level=1)).to_have_text(title)

    # The day before and back, by keys; and found by a word.
    change(house, OLDER)
    await page.reload()
    await expect(main.get_by_role("link", name="The brief before")).to_be_visible()
    today = page.url
    day_before = date.fromisoformat(today[-10:]) - timedelta(days=1)
    await page.keyboard.press("[")
    await page.wait_for_url(f"{house.url}/briefs/{day_before}")
    await main.get_by_role("link", name="The brief after").click()
    await page.wait_for_url(today)
    await expect(main.get_by_role("heading", level=1)).to_have_text(title)
    await page.goto(f"{house.url}/briefs")
    await main.get_by_label("Search briefs").fill("marmalade")
    await expect(main.get_by_role("listitem")).to_have_count(1)
    await main.get_by_label("Search briefs").fill("no such word")
    await expect(main.get_by_text("No brief says that")).to_be_visible()
