"""The first page's weight, and the times from a click to the page and to a dump's first stage.

`.venv/bin/python -m benchmarks.web` against a running `make run`; it makes an account of its own.
"""

import asyncio
import shutil
import statistics
import sys
import time
from uuid import UUID

from playwright.async_api import BrowserContext, async_playwright
from sqlalchemy import select
from sqlmodel import col

import buildos_app.models.brain_dump  # noqa: F401 - the table that tasks refer to
from buildos_app.db.engine import dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.db.session import service_session, user_session
from buildos_app.models.project import Project, Task
from buildos_app.models.user import User
from buildos_app.settings import get_settings

ROUNDS = 20
DUMPS = 10
"""A person may submit no more in a minute."""
TASKS = 30
FIRST_STAGE = """
(button) => new Promise((resolve) => {
  const began = performance.now();
  const observer = new MutationObserver(() => {
    if (/Finding tasks|selected/.test(document.querySelector("main")?.innerText ?? "")) {
      observer.disconnect();
      resolve(performance.now() - began);
    }
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  button.click();
})
"""
CLICK = """
(box) => new Promise((resolve) => {
  const row = box.closest("[data-row]");
  const list = row.parentElement;
  const key = row.innerHTML;
  const began = performance.now();
  const observer = new MutationObserver(() => {
    if (!row.isConnected || row.innerHTML !== key) {
      observer.disconnect();
      resolve(performance.now() - began);
    }
  });
  observer.observe(list, { childList: true, subtree: true, attributes: true, characterData: true });
  box.click();
})
"""


async def main() -> None:
    """Measure all three and print them."""
    ensure_ready()
    url = get_settings().base_url
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        user_id = await sign_up(context, url)
        await weigh(context, url)
        await clicks(context, url, await fill(user_id))
        await stages(context, url)
        await browser.close()
    await dispose()


async def sign_up(context: BrowserContext, url: str) -> UUID:
    """A fresh account, signed in."""
    email = f"benchmark-{time.time_ns()}@example.org"
    page = await context.new_page()
    await page.goto(f"{url}/sign-up")
    await page.get_by_label("Name").fill("Bench")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password").fill("correct horse battery staple")
    await page.get_by_role("button", name="Make account").click()
    await page.wait_for_url(f"{url}/")
    await page.close()
    async with service_session("benchmark") as session:
        return (await session.execute(select(col(User.id)).where(col(User.email) == email))).scalar_one()


async def fill(user_id: UUID) -> UUID:
    """A project with tasks."""
    async with user_session(user_id) as session:
        project = Project(user_id=user_id, name="Bench", slug="bench")
        session.add(project)
        await session.flush()
        session.add_all(Task(user_id=user_id, project_id=project.id, title=f"Task {number}") for number in range(TASKS))
    return project.id


async def weigh(context: BrowserContext, url: str) -> None:
    """Bytes and requests of the signed-in dashboard with an empty cache."""
    page = await context.new_page()
    client = await context.new_cdp_session(page)
    await client.send("Network.enable")
    await client.send("Network.setCacheDisabled", {"cacheDisabled": True})
    kinds: dict[str, str] = {}
    sizes: dict[str, list[float]] = {}
    client.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: kind_of(event)}))
    client.on(
        "Network.loadingFinished",
        lambda event: sizes.setdefault(kinds.get(event["requestId"], "?"), []).append(event["encodedDataLength"]),
    )
    await page.goto(url)
    await page.get_by_text("Write your first dump").wait_for()
    await page.wait_for_load_state("networkidle")
    total = sum(sum(each) for kind, each in sizes.items() if kind != "font")
    requests = sum(len(each) for each in sizes.values())
    print(f"first page       {total / 1000:.0f} kB without its font, {requests} requests")
    for kind, each in sorted(sizes.items()):
        print(f"                 {kind}: {sum(each) / 1000:.1f} kB in {len(each)}")
    await page.close()


def kind_of(event: dict[str, object]) -> str:
    """The kind of a response; fonts are counted apart."""
    return str(event["type"]).lower()


async def clicks(context: BrowserContext, url: str, project_id: UUID) -> None:
    """Ticking a task: one event, an update and a reload of the page's data, until the row is drawn anew."""
    page = await context.new_page()
    await page.goto(f"{url}/projects/{project_id}")
    boxes = page.locator("main [data-row] input[type=checkbox]")
    await boxes.first.wait_for()
    taken = []
    for _ in range(ROUNDS + 3):
        taken.append(await boxes.nth(0).evaluate(CLICK))
        await page.wait_for_load_state("networkidle")
    show("click to page", taken[3:])
    await page.close()


async def stages(context: BrowserContext, url: str) -> None:
    """From the click on Process to the first stage of the reading in its page: below 300 ms is the goal."""
    page = await context.new_page()
    taken = []
    for number in range(DUMPS):
        await page.goto(f"{url}/dump")
        await page.get_by_label("What is on your mind").fill(f"call Ana tomorrow, order timber number {number}")
        await page.wait_for_load_state("networkidle")
        taken.append(await page.get_by_role("button", name="Process").evaluate(FIRST_STAGE))
    show("click to first stage", taken)
    await page.close()


def show(name: str, milliseconds: list[float]) -> None:
    """p50 and p95 of all rounds."""
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    print(f"{name:22} p50 {statistics.median(milliseconds):.1f} ms, p95 {p95:.1f} ms over {len(milliseconds)}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
