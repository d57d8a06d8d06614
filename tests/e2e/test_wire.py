"""Two people with two tabs each, all working at once: nothing of one reaches the other, checked on the wire."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.e2e.conftest import House

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)


@dataclass
class Wire:
    """Every word that a browser received over sockets."""

    frames: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.frames.append(str(frame)))

    @property
    def text(self) -> str:
        return "\n".join(self.frames)


@dataclass
class Somebody:
    """A person with a secret word in everything that they write, and two tabs."""

    secret: str
    wire: Wire
    tabs: list[Page]


async def arrive(house: House, person: Any, secret: str) -> Somebody:
    someone, wire = await person(), Wire()
    page = await someone.sign_up(f"{secret}@example.org", secret)
    second = await someone.context.new_page()
    for tab in (page, second):
        wire.listen(tab)
    await page.goto(f"{house.url}/projects")
    await second.goto(f"{house.url}/")
    return Somebody(secret, wire, [page, second])


async def work(house: House, who: Somebody) -> None:
    """A project, a note in it, an edit, a search; then the second tab shows the project without a reload."""
    page, second = who.tabs
    await page.get_by_role("button", name="New project").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill(f"{who.secret} project")
    await dialog.get_by_label("Summary").fill(f"{who.secret} summary")
    await dialog.get_by_role("button", name="Save").click()
    await page.wait_for_url(re.compile("/projects/"))
    await expect(second.get_by_role("navigation").get_by_text(f"{who.secret} project")).to_be_visible()
    await page.get_by_role("link", name="Notes").last.click()
    await page.get_by_role("button", name="Write a note").click()
    await dialog.get_by_label("Title").fill(f"{who.secret} note")
    await dialog.get_by_label("Text, in Markdown").fill(
        f"**{who.secret}** <img src=x onerror=alert(1)> [x](javascript:1)"
    )
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name=f"{who.secret} note")).to_be_visible()
    strong = page.get_by_role("main").locator("strong").filter(has_text=who.secret)
    await expect(strong).to_be_visible()
    await expect(page.get_by_role("main").locator("img, a[href^='javascript']")).to_have_count(0)
    await second.keyboard.press("Control+k")
    await second.keyboard.type("note", delay=10)
    await expect(second.get_by_role("option", name=re.compile(f"{who.secret} note"))).to_be_visible()
    await second.keyboard.press("Escape")


async def test_nothing_of_one_reaches_the_other(house: House, person: Any) -> None:
    people = [await arrive(house, person, secret) for secret in ("marzipan", "kohlrabi")]

    await asyncio.gather(*(work(house, who) for who in people))

    for who, other in (people, people[::-1]):
        assert who.secret in who.wire.text
        assert other.secret not in who.wire.text
        for tab in who.tabs:
            assert other.secret not in await tab.content()


async def test_a_change_shows_elsewhere_and_never_over_what_is_typed(house: House, person: Any) -> None:
    someone = await person()
    page = await someone.sign_up("live@example.org", "Liv")
    await page.goto(f"{house.url}/projects")
    await expect(page.get_by_text("No project yet")).to_be_visible()
    await page.keyboard.press("a")
    await page.get_by_label("Name", exact=True).fill("Garden")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url(re.compile("/projects/"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Garden")
    other = await someone.open(page.url.removeprefix(house.url))
    await expect(other.get_by_role("heading", level=1)).to_have_text("Garden")
    await expect(other.get_by_role("heading", name="Next")).to_be_visible()
    await other.keyboard.press("e")
    await other.get_by_label("Name", exact=True).fill("Garden, as I type")

    await page.keyboard.press("e")
    await page.get_by_label("Name", exact=True).fill("Garden, south")
    await page.keyboard.press("Control+Enter")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Garden, south")
    await expect(other.get_by_role("heading", level=1, include_hidden=True)).to_have_text(
        "Garden, south", timeout=1_000
    )
    await expect(other.get_by_label("Name", exact=True)).to_have_value("Garden, as I type")
    await expect(other.get_by_text("There is a newer version")).to_be_visible()
    await other.keyboard.press("Control+Enter")
    await expect(other.get_by_role("alert")).to_contain_text("changed meanwhile")
    await expect(other.get_by_label("Name", exact=True)).to_have_value("Garden, as I type")
    await other.get_by_role("button", name="Show it").click()
    await expect(other.get_by_label("Name", exact=True)).to_have_value("Garden, south")
