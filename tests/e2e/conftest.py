"""The whole product as `make run` starts it, in a copy of the sources, and a browser in front of it."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from buildos_app.settings import ROOT
from tests.fixtures.processes import Process, free_port

HERE = Path(__file__).parent
PICTURES = ROOT / "test-results"
PASSWORD = "correct horse battery staple"
expect.set_options(timeout=20_000)  # the other tests run beside these, on the same two cores


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests, the longest of all, come first."""
    items.sort(key=lambda item: HERE not in item.path.parents)


@dataclass(frozen=True)
class House:
    """A running BuildOS: its address, its sandbox's and where it keeps its data."""

    url: str
    sandbox_url: str
    data_dir: Path
    engine: str


@pytest.fixture(scope="session")
def copy_of_the_sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that git knows or would take, with what npm has installed already."""
    folder = tmp_path_factory.mktemp("house")
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    if (ROOT / ".web" / "node_modules").is_dir():
        subprocess.run(["cp", "--archive", "--link", ROOT / ".web", folder / ".web"], check=True)
        shutil.rmtree(folder / ".web" / "build", ignore_errors=True)
    return folder


@pytest.fixture(scope="session")
def ports() -> dict[str, str]:
    names = ("WEB_PORT", "BACKEND_PORT", "SANDBOX_PORT", "SANDBOX_SMTP_PORT", "WORKER_HEALTH_PORT")
    return {name: str(free_port()) for name in names}


@pytest.fixture(scope="session", params=["offline", "openai"])
def house(request: pytest.FixtureRequest, copy_of_the_sources: Path, ports: dict[str, str]) -> Iterator[House]:
    """Both engines, one after the other: the rules, and the sandbox's OpenAI-compatible server."""
    sandbox = f"http://127.0.0.1:{ports['SANDBOX_PORT']}"
    data_dir = copy_of_the_sources / ".buildos"
    environment = {**ports, "PYTHONPATH": str(copy_of_the_sources), "BUILDOS_DATA_DIR": str(data_dir)}
    if request.param == "openai":
        environment |= {"OPENAI_BASE_URL": f"{sandbox}/v1", "OPENAI_MODEL": "sandbox-model"}
    process = InFolder(copy_of_the_sources, environment)
    process.wait_for("BuildOS is ready", timeout=300)
    yield House(f"http://localhost:{ports['WEB_PORT']}", sandbox, data_dir, request.param)
    process.stop()
    assert process.exit_code() == 0
    process.kill()


class InFolder(Process):
    """`buildos up` in another folder, without what this test run set for itself."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BUILDOS_DATA_DIR")}
        super().__init__("-m", "buildos_app.cli", "up", folder=folder, base=kept, **environment)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@dataclass
class Person:
    """Somebody with a browser of their own; everything that the browser complains about is kept."""

    house: House
    context: BrowserContext
    complaints: list[str]

    async def open(self, path: str = "/") -> Page:
        """A new tab."""
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        await page.goto(self.house.url + path)
        return page

    async def sign_up(self, email: str, name: str) -> Page:
        """Make an account as a newcomer does."""
        page = await self.open("/sign-up")
        await page.get_by_label("Name").fill(name)
        await page.get_by_label("E-mail").fill(email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Make account").click()
        await page.wait_for_url(self.house.url + "/")
        await expect(page.get_by_role("heading", level=1)).to_contain_text(",")  # it greets: the page hears keys now
        return page


@pytest_asyncio.fixture
async def person(house: House, browser: Browser) -> AsyncIterator[Any]:
    """Makes persons: `await person(timezone="Asia/Kolkata")`."""
    made: list[Person] = []

    async def make(timezone: str = "Europe/Berlin", **options: Any) -> Person:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = await browser.new_context(timezone_id=timezone, **options)
        context.set_default_timeout(15_000)
        made.append(Person(house, context, []))
        return made[-1]

    yield make
    for each in made:
        await each.context.close()
    assert [complaint for each in made for complaint in each.complaints] == []


@pytest.fixture(scope="session")
def pictures() -> Path:
    """Where screenshots go, to be looked at."""
    PICTURES.mkdir(exist_ok=True)
    return PICTURES
