"""Phases in a real browser: planned while the socket is cut and the page reloaded, accepted and moved by keyboard,
refused when tasks changed, discarded, and dragged; and the first questions to a newcomer."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from buildos_app.db.embedded import join
from buildos_app.models.base import new_id
from tests.e2e.conftest import House
from tests.e2e.test_pages import Looks

pytestmark = pytest.mark.parametrize("house", ["openai"], indirect=True)
TITLES = ("Order timber", "Set posts", "Paint", "Weed", "Mow")


@pytest.fixture
def database_of(house: House) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(join(house.data_dir), autocommit=True) as connection:
        yield connection


@pytest.fixture
def model(house: House) -> Iterator[httpx2.Client]:
    """What tells the sandbox's language model how to behave."""
    with httpx2.Client(base_url=f"{house.sandbox_url}/control/openai") as client:
        yield client


def make_garden(connection: psycopg.Connection[Any], email: str) -> UUID:
    """A project with five tasks, as another program would write it."""
    row = connection.execute("SELECT id FROM users WHERE email = %s", [email]).fetchone()
    assert row
    project = new_id()
    insert = "INSERT INTO projects (id, user_id, name, slug) VALUES (%s, %s, 'Garden', 'garden')"
    connection.execute(insert, [project, row[0]])
    for title in TITLES:
        task = "INSERT INTO tasks (user_id, project_id, title) VALUES (%s, %s, %s)"
        connection.execute(task, [row[0], project, title])
    return project


class Socket:
    """The websocket of a page, which can be cut and kept shut."""

    def __init__(self) -> None:
        self.is_cut = False
        self._open: list[WebSocketRoute] = []

    async def route(self, page: Page) -> None:
        await page.route_web_socket(re.compile("/_event"), self._opened)

    async def _opened(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            await socket.close()
            return
        socket.connect_to_server()
        self._open.append(socket)

    async def cut(self) -> None:
        self.is_cut = True
        for socket in self._open:
            await socket.close()
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False


async def test_a_plan_through_reload_and_cut_socket(
    house: House, person: Any, database_of: psycopg.Connection[Any], model: httpx2.Client, pictures: Path
) -> None:
    somebody = await person()
    page = await somebody.sign_up("phases@example.org", "Pat")
    look = Looks(pictures, "phases-desk")
    project = make_garden(database_of, "phases@example.org")
    model.post("/turns", json=[{"kind": "hold"}]).raise_for_status()
    socket = Socket()
    await socket.route(page)
    await page.goto(f"{house.url}/projects/{project}/phases")

    await press(page, page.get_by_role("button", name="Generate phases"))
    dialog = page.get_by_role("dialog", name="Plan phases")
    await press(page, dialog.get_by_role("radio", name=re.compile("Phases only")), "ArrowDown")
    await expect(dialog.get_by_text("Tasks can only be scheduled up to an end")).to_be_visible()
    await page.keyboard.press("ArrowUp")
    await expect(dialog.get_by_text("5 tasks, about 2 phases")).to_be_visible()
    await expect(dialog.get_by_role("radio", name=re.compile("Around your calendar"))).to_be_disabled()
    await look.at(page, "dialog")
    await page.keyboard.press("Control+Enter")
    progress = page.get_by_role("main").get_by_role("progressbar", name="Planning phases")
    await expect(page.get_by_role("main").get_by_text("Planning 5 tasks · step 2 of 5")).to_be_visible()
    await page.reload()
    await expect(progress).to_have_attribute("aria-valuenow", re.compile("[1-9]"))
    await look.at(page, "running")

    await socket.cut()
    await expect(page.get_by_text("The server cannot be reached")).to_be_visible(timeout=30_000)
    model.post("/release").raise_for_status()
    await expect(page.get_by_text("The plan is ready.")).to_be_visible(timeout=30_000)
    asked = (
        "SELECT count(*) FROM queue_jobs j JOIN users u ON u.id = j.user_id"
        " WHERE job_type = 'generate_phases' AND email = 'phases@example.org'"
    )
    assert database_of.execute(asked).fetchone() == (1,)
    socket.mend()
    await expect(page.get_by_role("heading", name="Proposed phases")).to_be_visible(timeout=30_000)
    await look.at(page, "proposal")

    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("heading", name="Proposed phases")).to_have_count(0)
    await expect(page.get_by_role("region", name="First steps")).to_be_visible()
    await look.at(page, "board")
    await move_by_keyboard(page)
    await schedule_by_keyboard(page, look)
    await delete_by_keyboard(page)
    await change_since_and_discard(page, database_of)
    await timeline_by_keyboard(page, look)
    await drag(page)
    await backlog_by_keyboard(page, look)
    assert not look.problems, "\n".join(look.problems)


async def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go to it by Tab alone, as who has no mouse does, and press a key on it."""
    await expect(target).to_be_visible()
    for _ in range(120):
        if await target.evaluate("element => element === document.activeElement"):
            await page.keyboard.press(key)
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {target}")


async def move_by_keyboard(page: Page) -> None:
    """j selects a task, m opens the list of phases; the focus goes with the task."""
    first = page.get_by_role("region", name="First steps")
    last = page.get_by_role("region", name="To the finish")
    count = await last.get_by_role("listitem").count()
    await page.keyboard.press("j")
    card = first.get_by_role("listitem").first
    await expect(card).to_be_focused()
    title = await card.get_by_role("link").inner_text()
    await page.keyboard.press("m")
    await expect(card.get_by_label(f"Phase of {title}")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(last.get_by_role("listitem")).to_have_count(count + 1)
    await expect(last.get_by_role("listitem").filter(has_text=title)).to_be_focused()


async def schedule_by_keyboard(page: Page, look: Looks) -> None:
    """Starts are looked at, one is changed, what is kept is taken back."""
    await press(page, page.get_by_title("More for all phases"))
    await press(page, page.get_by_role("button", name="Schedule all phases…"))
    dialog = page.get_by_role("dialog", name="Schedule all phases")
    await expect(dialog.get_by_role("listitem")).to_have_count(5)
    await dialog.get_by_label("Start of Weed").fill("2020-01-01T03:00")
    await expect(dialog.get_by_text(re.compile("^Is past; outside of"))).to_be_visible()
    await press(page, dialog.get_by_label("Schedule Weed"), "Space")
    await expect(dialog.get_by_role("button", name="Schedule 4")).to_be_visible()
    await look.at(page, "schedule")
    await page.keyboard.press("Control+Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text("4 tasks scheduled")).to_be_visible()
    await page.keyboard.press("z")
    await expect(page.get_by_text("Taken back")).to_be_visible()


async def delete_by_keyboard(page: Page) -> None:
    """A phase is deleted and put back."""
    phase = page.get_by_role("region", name="First steps")
    count = await phase.get_by_role("listitem").count()
    await press(page, page.get_by_title("More for First steps"))
    await press(page, phase.get_by_role("button", name="Delete…"))
    await expect(page.get_by_role("dialog", name=re.compile("First steps"))).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(phase).to_have_count(0)
    await page.keyboard.press("z")
    await expect(phase.get_by_role("listitem")).to_have_count(count)


async def change_since_and_discard(page: Page, connection: psycopg.Connection[Any]) -> None:
    """A plan of tasks that changed is refused, and putting it away loses nothing."""
    await press(page, page.get_by_role("button", name="Regenerate phases"))
    await expect(page.get_by_role("dialog", name="Plan the phases anew")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("heading", name="Proposed phases")).to_be_visible()
    accept = page.get_by_role("button", name=re.compile("^Accept"))
    await expect(accept).to_be_enabled()
    connection.execute("UPDATE tasks SET title = 'Paint the fence' WHERE title = 'Paint'")
    await expect(page.get_by_text("“Paint the fence” changed")).to_be_visible()
    await expect(accept).to_be_disabled()
    await press(page, page.get_by_role("button", name="Discard"))
    await expect(page.get_by_role("heading", name="Proposed phases")).to_have_count(0)
    await expect(page.get_by_role("heading", name="First steps")).to_be_visible()


async def timeline_by_keyboard(page: Page, look: Looks) -> None:
    """The timeline shows the same phases."""
    await press(page, page.get_by_role("button", name="Timeline"))
    await expect(page.get_by_role("img", name=re.compile("^First steps: "))).to_be_visible()
    await look.at(page, "timeline")
    await press(page, page.get_by_role("button", name="Board"))


async def drag(page: Page) -> None:
    """With a mouse: a card dropped on the backlog is in no phase."""
    card = page.locator("[data-card]").filter(has_text="Paint the fence")
    await card.drag_to(page.locator("[data-column=backlog]"))
    await expect(page.locator("[data-column=backlog]").get_by_text("Paint the fence")).to_be_visible()


async def backlog_by_keyboard(page: Page, look: Looks) -> None:
    """What is in no phase gets one, and a start."""
    await press(page, page.get_by_title("More for all phases"))
    await press(page, page.get_by_role("button", name="Put the backlog into phases…"))
    dialog = page.get_by_role("dialog", name="Put the backlog into phases")
    await press(page, dialog.get_by_label("Phase for Paint the fence"), "ArrowDown")
    await press(page, dialog.get_by_label("Then find a start for each"), "Space")
    await look.at(page, "backlog")
    await page.keyboard.press("Control+Enter")
    starts = page.get_by_role("dialog", name="Schedule what came from the backlog")
    await expect(starts.get_by_label("Start of Paint the fence")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("1 task scheduled")).to_be_visible()


async def test_a_newcomers_first_questions(house: House, person: Any, pictures: Path) -> None:
    page = await (await person()).sign_up("newcomer@example.org", "Nia")
    look = Looks(pictures, "welcome-desk")
    await page.get_by_role("link", name="Answer the questions").click()
    await page.get_by_label("What do you want to get done?").fill("Ready the garden for winter\nRelaunch the website")
    await expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    await page.reload()
    await page.get_by_label("How do you work?").fill("I work 8 to 16, Monday to Thursday")  # where one left off
    await look.at(page, "question")
    await page.get_by_role("button", name="Next").click()
    await expect(page.get_by_label("What is hard?")).to_be_visible()
    await page.get_by_role("button", name="Next").click()
    await page.get_by_role("button", name="Read my answers").click()
    await expect(page.get_by_role("heading", name="Suggestions")).to_be_visible()
    await look.at(page, "suggestions")

    await page.get_by_role("button", name="Make it a project: Relaunch the website").click()
    await expect(page.get_by_role("navigation", name="Main").get_by_text("Relaunch the website")).to_be_visible()
    await page.get_by_role("button", name=re.compile("^Set it: Working hours: 08:00 to 16:00")).click()
    await page.get_by_role("button", name="No: Ready the garden for winter").click()
    await expect(page.get_by_role("region", name="Projects")).to_have_count(0)
    await page.goto(f"{house.url}/settings/profile")
    await expect(page.get_by_label("How do you work?")).to_have_value("I work 8 to 16, Monday to Thursday")
    await page.goto(house.url)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Nia")
    await expect(page.get_by_role("link", name="Answer the questions")).to_have_count(0)
    assert not look.problems, "\n".join(look.problems)
