"""Every page of a full account: nothing for axe to find, nothing that scrolls sideways, and a picture of each.

The pages are those of the app itself, so that a new one cannot be forgotten. `make pictures` runs this over four widths
and writes an album, `test-results/album/index.html`; the usual run has a dark phone and a light desk.
"""

import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from buildos_app.buildos_app import app
from buildos_app.clock import local_now
from buildos_app.db.embedded import join, leave
from buildos_app.demo.furnish import EMAIL, PASSWORD
from buildos_app.settings import ROOT
from buildos_app.ui.routes import PUBLIC_PAGES
from tests.e2e.conftest import House

ALL = os.environ.get("PICTURES") == "all"
SIZES = {390: 844, 768: 1024, 1280: 900, 1920: 1080}
LOOKS = (
    [(width, scheme) for width in SIZES for scheme in ("light", "dark")] if ALL else [(390, "dark"), (1280, "light")]
)
pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)

ADDRESS = re.compile(r"\[(\w+)\]")
WITHOUT_A_PLACE = {"404"}
QUERIES = {
    "project_id": "SELECT id FROM projects WHERE name = 'Website relaunch'",
    "dump_id": "SELECT id FROM brain_dumps WHERE status = 'parsed' ORDER BY id DESC",
}


@pytest.fixture(scope="module")
def album() -> Path:
    """The folder of the pictures."""
    folder = ROOT / "test-results" / "album"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def furnished(house: House) -> House:
    """The house with the demo's account in it, which is an administrator, so that every page has something to show."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    folder = house.data_dir.parent
    environment |= {"BUILDOS_DATA_DIR": str(house.data_dir), "PYTHONPATH": str(folder)}
    for words in (["demo", "--timezone", "Europe/Berlin"], ["admin", "grant", EMAIL]):
        command = [sys.executable, "-m", "buildos_app.cli", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return house


async def sign_in(person: Any, furnished: House, **options: Any) -> Page:
    """The demo's person on a fresh browser."""
    somebody = await person(reduced_motion="reduce", **options)
    page = await somebody.open("/sign-in")
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{furnished.url}/")
    return page


def parts_of_addresses(data_dir: Path) -> dict[str, str]:
    """What stands for each part of an address in the demo's account."""
    found = {"brief_date": local_now("Europe/Berlin").date().isoformat()}
    with psycopg.connect(join(data_dir)) as connection:
        for part, query in QUERIES.items():
            row = connection.execute(query).fetchone()
            assert row is not None
            found[part] = str(row[0])
    leave(data_dir)
    return found


def addresses(house: House) -> dict[str, str]:
    """Name and address of every page of the app."""
    found, filled = parts_of_addresses(house.data_dir), {}
    for route in app._unevaluated_pages:
        if route not in WITHOUT_A_PLACE and f"/{route}" not in PUBLIC_PAGES:
            path = "/" if route == "index" else f"/{route}"
            assert set(ADDRESS.findall(route)) <= set(found), f"say in parts_of_addresses() where {route} is"
            name = re.sub(r"\W+", "-", route.replace("[", "").replace("]", ""))
            filled[name] = ADDRESS.sub(lambda part: found[part[1]], path)
    return filled


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)
    await expect(page.get_by_role("dialog")).to_be_visible()


async def search(page: Page) -> None:
    await press(page, "Control+k")
    await page.keyboard.type("tmiber", delay=20)
    await expect(page.get_by_role("option", name=re.compile("Order timber"))).to_be_visible()


async def edit_project(page: Page) -> None:
    await page.goto(page.url)
    await page.get_by_role("button", name="Edit").click()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def ask_for_deletion(page: Page) -> None:
    await page.get_by_title("More for this project").click()
    await page.get_by_role("button", name="Delete…").click()
    await expect(page.get_by_role("dialog")).to_contain_text("With it go")


async def write_note(page: Page) -> None:
    await page.get_by_role("button", name="Write a note").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Text, in Markdown").fill(
        "## Oak\n\n- 12 boards, **dry**\n- [the mill](https://example.org)"
    )
    await dialog.get_by_role("button", name="Preview").click()
    await expect(dialog.get_by_role("link", name="the mill")).to_be_visible()
    await expect(dialog.get_by_label("Text, in Markdown")).to_be_hidden()


Step = Callable[[Page], Awaitable[None]]
OVER: tuple[tuple[str, str, Step], ...] = (
    ("search", "index", search),
    ("project-editor", "projects-project_id", edit_project),
    ("project-deletion", "projects-project_id", ask_for_deletion),
    ("note-editor", "notes", write_note),
)


async def settled(page: Page) -> None:
    """Loaded, and no skeleton left."""
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.locator(".skeleton:visible")).to_have_count(0)
    await page.wait_for_load_state("networkidle")


async def look(page: Page, album: Path, name: str) -> list[str]:
    """Take the picture and say what is wrong."""
    await page.screenshot(path=album / f"{name}.png")
    found = (await Axe().run(page)).response["violations"]
    problems = [f"{name}: {item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]]
    if not await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        problems.append(f"{name}: scrolls sideways")
    return problems


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_every_page(furnished: House, person: Any, album: Path, scheme: str, width: int) -> None:
    page = await sign_in(person, furnished, color_scheme=scheme, viewport={"width": width, "height": SIZES[width]})
    pages = addresses(furnished)
    problems = []
    for name, path in pages.items():
        await page.goto(furnished.url + path)
        await settled(page)
        problems += await look(page, album, f"{name}.{width}.{scheme}")
    for name, place, step in OVER:
        await page.goto(furnished.url + pages[place])
        await settled(page)
        await step(page)
        problems += await look(page, album, f"{name}.{width}.{scheme}")
        await page.keyboard.press("Escape")
    write_album(album)
    assert not problems, "\n".join(problems)


async def test_twice_as_large(furnished: House, person: Any) -> None:
    """200 % zoom on a screen of 1280 px: half the pixels, nothing lost and nothing that scrolls sideways."""
    page = await sign_in(person, furnished, viewport={"width": 640, "height": 450}, device_scale_factor=2)
    for name, path in addresses(furnished).items():
        await page.goto(furnished.url + path)
        await settled(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        heading = page.get_by_role("heading", level=1)
        await expect(heading).to_be_in_viewport()


async def test_who_wants_no_motion_gets_none(furnished: House, person: Any) -> None:
    page = await sign_in(person, furnished)
    await settled(page)
    await press(page, "Control+k")
    longest = """() => Math.max(...[...document.querySelectorAll('*')].map((element) => {
      const style = getComputedStyle(element);
      return Math.max(...[style.animationDuration, style.transitionDuration].flatMap(
        (value) => value.split(',').map((part) => parseFloat(part) * (part.includes('ms') ? 1 : 1000))));
    }))"""
    assert await page.evaluate(longest) <= 1


def write_album(album: Path) -> None:
    """A page with every picture, one line per page."""

    def place(shot: Path) -> tuple[str, int]:
        _, width, scheme, _ = shot.name.split(".")
        return scheme, int(width)

    rows = []
    for name in sorted({path.name.split(".")[0] for path in album.glob("*.png")}):
        shots = [shot.name for shot in sorted(album.glob(f"{name}.*.png"), key=place)]
        images = "".join(f'<a href="{shot}"><img loading="lazy" src="{shot}" alt="{shot}"></a>' for shot in shots)
        rows.append(f"<h2>{name}</h2><p>{images}</p>")
    style = "body{font:14px sans-serif}img{height:260px;margin:4px;border:1px solid}p{display:flex;flex-wrap:wrap}"
    (album / "index.html").write_text(f"<!doctype html><title>Album</title><style>{style}</style>{''.join(rows)}")
