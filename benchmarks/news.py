"""From the commit of a notification to its toast in the page, beside a bare NOTIFY to a socket in the same run.

`.venv/bin/python -m benchmarks.news` against a running `make run`; it makes an account of its own. The bare figure is
the least that this machine can do: one LISTEN connection that writes what it hears to a websocket, and a page that
does nothing else. Both are read off the same clock, in turns, so that they meet the same load.
"""

import asyncio
import random
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
from aiohttp import web
from playwright.async_api import BrowserContext, Page, async_playwright

from benchmarks.web import show, sign_up
from buildos_app.db.engine import database_url, dispose
from buildos_app.db.ready import ensure_ready
from buildos_app.db.session import user_session
from buildos_app.notifications.events import OnboardingFailed
from buildos_app.notifications.notify import notify
from buildos_app.settings import get_settings

ROUNDS, WARM_UP = 200, 10
WATCH = """
window.seen = {};
window.painted = {};
window.note = (text) => {
  if (text in window.seen) return;
  window.seen[text] = Date.now();
  requestAnimationFrame(() => setTimeout(() => { window.painted[text] = Date.now(); }));
};
new MutationObserver(() => {
  for (const detail of document.querySelectorAll(".toast [data-detail]")) window.note(detail.textContent);
}).observe(document.body, { childList: true, subtree: true, characterData: true });
"""
SEEN = """
(text) => new Promise((resolve) => {
  const look = () => text in window.painted
    ? resolve([window.seen[text], window.painted[text]]) : setTimeout(look, 5);
  look();
})
"""
BARE_PAGE = """<!doctype html><title>bare</title><script>
const socket = new WebSocket(location.href.replace("http", "ws") + "socket");
socket.onmessage = (event) => window.note(event.data);
socket.onopen = () => { document.title = "open"; };
</script>"""


async def main() -> None:
    """Measure both, in turns, and print them."""
    ensure_ready()
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright, bare_server() as bare_url:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        user_id = await sign_up(context, get_settings().base_url)
        await measure(context, bare_url, user_id)
        await browser.close()
    await dispose()


async def measure(context: BrowserContext, bare_url: str, user_id: UUID) -> None:
    """Rounds of one bare announcement and one notification each, at moments that no timer of ours shares."""
    bare, app = await context.new_page(), await context.new_page()
    await bare.goto(bare_url)
    await bare.wait_for_function("document.title === 'open'")
    await app.goto(get_settings().base_url)
    await app.get_by_role("heading", name="Bench").wait_for()
    for page in (bare, app):
        await page.evaluate(WATCH)
    taken: dict[str, list[float]] = {"bare": [], "toast": [], "painted": []}
    async with await psycopg.AsyncConnection.connect(database_url(), autocommit=True) as connection:
        for number in range(ROUNDS + WARM_UP):
            await asyncio.sleep(0.05 + random.random() / 20)  # noqa: S311
            seen, _ = await one(bare, f"bare {number}", lambda text: announce(connection, text))
            taken["bare"].append(seen)
            await asyncio.sleep(0.05 + random.random() / 20)  # noqa: S311
            await app.bring_to_front()
            seen, painted = await one(app, f"toast {number}", lambda text: tell(user_id, text))
            taken["toast"].append(seen)
            taken["painted"].append(painted)
    show("bare NOTIFY to socket", taken["bare"][WARM_UP:])
    show("commit to toast", taken["toast"][WARM_UP:])
    show("  ... and its frame", taken["painted"][WARM_UP:])


async def one(page: Page, text: str, write: Callable[[str], Awaitable[None]]) -> tuple[float, float]:
    """Milliseconds from the commit until the text is in the page, and until the frame after that was drawn."""
    await write(text)
    committed = time.time() * 1000
    async with asyncio.timeout(10):
        seen, painted = await page.evaluate(SEEN, text)
    return seen - committed, painted - committed


async def tell(user_id: UUID, text: str) -> None:
    """A notification, committed when this returns."""
    async with user_session(user_id) as session:
        notify(session, user_id, OnboardingFailed(reason=text))


async def announce(connection: psycopg.AsyncConnection[Any], text: str) -> None:
    """A bare announcement, committed when this returns."""
    await connection.execute("SELECT pg_notify('bare', %s)", [text])


@asynccontextmanager
async def bare_server() -> Any:
    """Hands announcements to every socket, and does nothing else; the address of its page."""
    sockets: set[web.WebSocketResponse] = set()

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=BARE_PAGE, content_type="text/html")

    async def socket(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        sockets.add(response)
        async for _ in response:
            pass
        sockets.discard(response)
        return response

    async def listen() -> None:
        async with await psycopg.AsyncConnection.connect(database_url(), autocommit=True) as connection:
            await connection.execute("LISTEN bare")
            async for notice in connection.notifies():
                for each in sockets:
                    await each.send_str(notice.payload)

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/socket", socket)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listening = asyncio.create_task(listen())
    yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/"  # type: ignore[union-attr]
    listening.cancel()
    await runner.cleanup()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
