"""What runs and what happened, in real tabs: the stack, toasts, and a websocket that cannot be opened."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from playwright.async_api import Page, expect

from buildos_app.db.embedded import join
from buildos_app.models.base import new_id
from tests.e2e.conftest import House

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)


NO_WEBSOCKET = """
window.WebSocket = class extends EventTarget {
  constructor() {
    super();
    setTimeout(() => { this.onerror?.(new Event("error")); this.onclose?.(new CloseEvent("close")); });
  }
  close() {}
  send() {}
};
"""
"""As behind a proxy that lets no websocket through."""


@dataclass
class Desk:
    """Writes into the house's database as another program would."""

    connection: psycopg.Connection[Any]

    def person(self, email: str) -> UUID:
        row = self.connection.execute("SELECT id FROM users WHERE email = %s", [email]).fetchone()
        assert row
        found: UUID = row[0]
        return found

    def job(self, user_id: UUID, name: str) -> UUID:
        """A job that runs elsewhere: no worker of the house takes it, its lease lasts."""
        job_id, payload = new_id(), json.dumps({"project_id": str(uuid4()), "project_name": name})
        self.connection.execute(
            "INSERT INTO queue_jobs (id, user_id, job_type, status, metadata, started_at, lease_token,"
            " lease_expires_at) VALUES (%s, %s, 'generate_phases', 'processing', %s, now(), 7, now() + interval '1 h')",
            [job_id, user_id, payload],
        )
        return job_id

    def step(self, job_id: UUID, current: int, message: str) -> None:
        progress = {"current": current, "total": 4, "percent": current * 25, "message": message}
        self.connection.execute("SELECT set_job_progress(%s, 7, %s)", [job_id, json.dumps(progress)])

    def fail(self, job_id: UUID, message: str) -> None:
        self.connection.execute("SELECT fail_queue_job(%s, %s, false, 7)", [job_id, message])

    def complete(self, job_id: UUID) -> None:
        self.connection.execute("SELECT complete_queue_job(%s, NULL, 7)", [job_id])

    def tell(self, user_id: UUID, reason: str) -> None:
        self.connection.execute(
            "INSERT INTO notifications (user_id, event, payload) VALUES (%s, 'onboarding_failed', %s)",
            [user_id, json.dumps({"reason": reason})],
        )


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    with psycopg.connect(join(house.data_dir), autocommit=True) as connection:
        yield Desk(connection)


def card(page: Page, name: str) -> Any:
    return page.locator(".stack-card:visible", has_text=name)


async def test_the_stack_follows_a_job_in_every_tab(house: House, person: Any, desk: Desk) -> None:
    somebody = await person()
    first = await somebody.sign_up("stack@example.org", "Sam")
    second = await somebody.open("/projects")
    user_id = desk.person("stack@example.org")
    job_id = desk.job(user_id, "Garden")
    desk.step(job_id, 1, "Reading the tasks")
    for tab in (first, second):
        await expect(card(tab, "Garden")).to_contain_text("Reading the tasks · step 1 of 4")

    desk.step(job_id, 3, "Checking the plan")
    for tab in (first, second):
        await expect(card(tab, "Garden").get_by_role("progressbar")).to_have_attribute("aria-valuenow", "75")
    await second.reload()
    await expect(card(second, "Garden")).to_contain_text("step 3 of 4")

    head = card(first, "Garden").get_by_role("button", name=re.compile("Planning phases"))
    await head.focus()
    await first.keyboard.press("Enter")
    await expect(first.get_by_role("button", name="Cancel Planning phases · Garden")).to_be_visible()
    await first.keyboard.press("Escape")
    await expect(first.get_by_role("button", name="Cancel Planning phases · Garden")).to_have_count(0)

    desk.fail(job_id, "stalled: the worker was lost")
    for tab in (first, second):
        await expect(card(tab, "Garden")).to_contain_text("stopped in the middle of it")
    await first.get_by_role("button", name="Dismiss Planning phases · Garden").click()
    for tab in (first, second):
        await expect(card(tab, "Garden")).to_have_count(0)


async def test_six_jobs_fold_and_the_jobs_page_works_by_keyboard(house: House, person: Any, desk: Desk) -> None:
    somebody = await person()
    page = await somebody.sign_up("jobs@example.org", "Jo")
    user_id = desk.person("jobs@example.org")
    jobs = [desk.job(user_id, f"Project {number}") for number in range(6)]
    desk.step(jobs[-1], 2, "Planning")
    await expect(page.locator(".stack-card:visible")).to_have_count(5)
    await page.locator(".stack-more:visible").click()
    await page.wait_for_url(re.compile("/jobs$"))
    desk.fail(jobs[-1], "The model refused.")
    await expect(page.get_by_role("main").get_by_text("The model refused.")).to_be_visible()

    await page.keyboard.press("j")
    await page.keyboard.press("r")
    await expect(page.locator("main [data-row]")).to_have_count(8)  # with the mail that confirms the address
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.locator(".toast", has_text="It stops as soon as it can")).to_be_visible()


async def test_toasts_are_shown_once_and_close_by_keyboard(house: House, person: Any, desk: Desk) -> None:
    somebody = await person()
    page = await somebody.sign_up("toasts@example.org", "Tia")
    user_id = desk.person("toasts@example.org")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Tia")  # news before that is no toast
    desk.tell(user_id, "<b>first</b> <reflex.Var>x</reflex.Var>")
    await expect(page.locator(".toast [data-detail]")).to_have_text("<b>first</b> <reflex.Var>x</reflex.Var>")

    await page.keyboard.press("Escape")
    await expect(page.locator(".toast")).to_have_count(0)
    await page.goto(f"{house.url}/settings/notifications")
    await expect(page.get_by_role("checkbox", name="As a toast: Your first answers could not be read")).to_be_checked()
    await expect(page.locator(".toast")).to_have_count(0)
    await page.get_by_role("checkbox", name="As a toast: Your first answers could not be read").click()
    await expect(page.get_by_text("Saved: Your first answers could not be read")).to_be_attached()
    desk.tell(user_id, "second")

    await page.goto(f"{house.url}/notifications")
    await expect(page.get_by_role("main").get_by_text("second")).to_be_visible()
    await expect(page.locator(".toast")).to_have_count(0)


async def test_without_a_websocket_the_stack_asks_over_http(house: House, person: Any, desk: Desk) -> None:
    somebody = await person()
    await somebody.sign_up("polling@example.org", "Pia")
    user_id = desk.person("polling@example.org")
    job_id = desk.job(user_id, "Garden")
    desk.step(job_id, 1, "Reading the tasks")
    page = await somebody.context.new_page()
    await page.add_init_script(NO_WEBSOCKET)

    await page.goto(f"{house.url}/projects")

    await expect(card(page, "Garden")).to_contain_text("Reading the tasks")
    desk.step(job_id, 4, "Saving the plan")
    await expect(card(page, "Garden").get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    await page.evaluate("(id) => { document.body.dataset.waitsFor = id; }", str(job_id))
    desk.complete(job_id)
    await page.wait_for_url(re.compile("/projects/.*/phases"))
