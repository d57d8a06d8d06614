"""Every text of an account is an attack: none runs, none loads anything, each is shown as it was written."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import psycopg
import pytest
from playwright.async_api import BrowserContext
from psycopg import sql
from psycopg.types.json import Jsonb

from buildos_app.db.embedded import join, leave
from buildos_app.mail.render import render_html
from tests.e2e.conftest import House
from tests.e2e.test_everywhere import PASSWORD, settled
from tests.security.payloads import XSS

pytestmark = pytest.mark.parametrize("house", ["offline"], indirect=True)

EMAIL = "mallory@example.org"
TEXTS = {
    "users": ("name", "bio"),
    "projects": ("name", "description", "context", "executive_summary"),
    "tasks": ("title", "description", "details", "task_steps"),
    "notes": ("title", "content", "category"),
    "phases": ("name", "description"),
    "brain_dumps": ("content", "title", "ai_summary", "ai_insights", "error"),
    "brain_dump_operations": ("quote", "error", "reasoning"),
    "brain_dump_questions": ("question", "answer"),
    "calendars": ("name", "error"),
    "calendar_connections": ("email", "error"),
    "calendar_events": ("title", "href", "place", "meeting"),
    "calendar_links": ("href", "error"),
    "calendar_conflicts": ("title",),
    "daily_briefs": ("title", "summary", "markdown"),
    "emails": ("error",),
    "error_logs": ("message", "note"),
    "llm_calls": ("error",),
    "onboarding_answers": ("projects", "work_style", "challenges", "help_focus"),
    "onboarding_findings": ("name", "details", "quote"),
    "personal_tokens": ("name",),
    "queue_jobs": ("error_message",),
    "sms_messages": ("content", "reason"),
    "user_sessions": ("user_agent",),
}
"""What people, models, calendars and telephones wrote."""
REPLIES = {
    "brain_dump_operations": "data",
    "daily_briefs": "content",
    "project_daily_briefs": "content",
    "phase_proposals": "plan",
    "calendar_conflicts": "theirs",
    "notifications": "payload",
    "task_changes": "changes",
    "queue_jobs": "progress",
    "onboarding_findings": "value",
}
WORDS = re.compile(r"title|name|text|summary|words|reason|detail|description|quote|content|headline|message|note")
LONGEST = {"title": 400, "name": 90, "category": 60, "email": 200, "href": 300}
PAGES = (
    *("/", "/dump", "/dumps", "/projects", "/notes", "/briefs", "/calendar", "/calendar/changes", "/notifications"),
    *("/jobs", "/search?q=xss1x", "/settings/profile", "/settings/sms", "/settings/calendar", "/settings/tokens"),
    *("/settings/security", "/admin/errors", "/admin/people", "/admin/queue"),
)
PARTS = {
    "project": "SELECT project_id FROM phases WHERE user_id = %s GROUP BY project_id ORDER BY count(*) DESC",
    "dump": "SELECT id FROM brain_dumps WHERE user_id = %s AND status = 'parsed'",
    "day": "SELECT brief_date FROM daily_briefs WHERE user_id = %s AND content IS NOT NULL ORDER BY brief_date DESC",
    "task": "SELECT id FROM tasks WHERE user_id = %s AND deleted_at IS NULL AND project_id IS NOT NULL",
}
WATCH = """
    window.hits = [];
    window.hit = (n) => { window.hits.push(n); };
    for (const name of ['alert', 'confirm', 'prompt', 'open']) window[name] = () => { window.hits.push(name); };
    document.addEventListener('securitypolicyviolation', (event) => window.hits.push(event.blockedURI));
"""
ODD = """() => [...document.querySelectorAll('*')].flatMap((element) =>
    [...element.attributes].filter(({ name, value }) =>
        name.startsWith('on') || name === 'srcdoc' || name === 'ping' ||
        (['href', 'src', 'action', 'formaction'].includes(name)
            && !/^(https?:|mailto:|[/#?]|data:image|$)/.test(value)))
    .map(({ name, value }) => `${element.tagName} ${name}=${value}`)
    .concat(/^(IFRAME|OBJECT|EMBED|BASE|MARQUEE|MATH)$/i.test(element.tagName) ? [element.tagName] : []))"""
SHOWN = """() => document.body.innerText
    + [...document.querySelectorAll('input, textarea')].map((each) => each.value).join()"""


@pytest.fixture(scope="module")
def poisoned(house: House) -> Iterator[dict[str, str]]:
    """An account like the demo's in which every text is an attack; what stands for the parts of addresses."""
    folder = house.data_dir.parent
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"BUILDOS_DATA_DIR": str(house.data_dir), "PYTHONPATH": str(folder)}
    for words in (["demo", "--email", EMAIL], ["admin", "grant", EMAIL]):
        command = [sys.executable, "-m", "buildos_app.cli", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    with psycopg.connect(join(house.data_dir)) as connection:
        (user_id,) = connection.execute("SELECT id FROM users WHERE email = %s", [EMAIL]).fetchone() or (None,)
        poison(connection, user_id)
        found = {
            part: str((connection.execute(query, [user_id]).fetchone() or [""])[0]) for part, query in PARTS.items()
        }
    yield found
    with psycopg.connect(join(house.data_dir)) as connection:  # the administrator of another test looks at lists
        connection.execute("DELETE FROM error_logs WHERE user_id = %s", [user_id])
        connection.execute("DELETE FROM users WHERE id = %s", [user_id])
    leave(house.data_dir)


def poison(connection: psycopg.Connection[Any], user_id: Any) -> None:
    """Put an attack into the place of every text; in long ones all of them."""
    attacks = cycle(XSS)
    connection.execute("SET session_replication_role = replica")  # no trigger makes versions, searches or jobs of it
    for table, columns in TEXTS.items():
        mine = sql.SQL("{} = %s").format(sql.Identifier("id" if table == "users" else "user_id"))
        key = sql.SQL("ctid")
        rows = connection.execute(
            sql.SQL("SELECT {} FROM {} WHERE {}").format(key, sql.Identifier(table), mine), [user_id]
        ).fetchall()
        for number, (place,) in enumerate(rows):
            ctid = place
            for column in columns:
                whole = (
                    "\n\n".join(XSS) if column in ("content", "markdown", "details", "description") else next(attacks)
                )
                text = whole[: LONGEST.get(column, 20_000)] + (f" {number}" if column == "name" else "")
                ctid = _set(connection, table, column, ctid, text)
    for table, column in REPLIES.items():
        query = sql.SQL("SELECT ctid, {} FROM {} WHERE user_id = %s").format(
            sql.Identifier(column), sql.Identifier(table)
        )
        for ctid, value in connection.execute(query, [user_id]).fetchall():
            _set(connection, table, column, ctid, Jsonb(_attacked(value, attacks)))
    connection.execute("SET session_replication_role = origin")


def _set(connection: psycopg.Connection[Any], table: str, column: str, ctid: Any, value: Any) -> Any:
    """Write it, and return where the row is now."""
    query = sql.SQL("UPDATE {} SET {} = %s WHERE ctid = %s RETURNING ctid")
    return (
        connection.execute(query.format(sql.Identifier(table), sql.Identifier(column)), [value, ctid]).fetchone()
        or [None]
    )[0]


def _attacked(value: Any, attacks: Iterator[str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _attacked(each, attacks, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_attacked(each, attacks, name) for each in value]
    return next(attacks) if isinstance(value, str) and WORDS.search(name) else value


async def test_no_text_is_ever_run(house: House, person: Any, poisoned: dict[str, str], record_property: Any) -> None:
    somebody = await person(reduced_motion="reduce")
    foreign = listen(somebody.context, house.url)
    await somebody.context.add_init_script(WATCH)
    page = await somebody.open("/sign-in")
    page.on("dialog", lambda dialog: foreign.append(dialog.message))
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"{house.url}/")
    project = f"/projects/{poisoned['project']}"
    deep = (
        f"{project}{tab}"
        for tab in ("", "/phases", "/notes", "/briefs", "/activity", f"/tasks?task={poisoned['task']}")
    )
    shown: dict[str, set[str]] = {}
    for path in (*PAGES, *deep, f"/dump/{poisoned['dump']}", f"/briefs/{poisoned['day']}"):
        await page.goto(house.url + path)
        await settled(page)
        assert await page.evaluate("window.hits") == [], path
        assert await page.evaluate(ODD) == [], path
        text = await page.evaluate(SHOWN)
        shown[path] = set(re.findall(r"xss\d+x", text))

    record_property("hostile_inputs", sum(map(len, shown.values())))
    record_property("executed", len(foreign))
    assert foreign == []
    marks = {text.split(" ")[0] for text in XSS}
    assert set().union(*shown.values()) >= marks
    without = {path for path, found in shown.items() if not found}
    assert without == set(), Counter({path: len(found) for path, found in shown.items()})


async def test_no_mail_runs_or_loads_anything(person: Any, record_property: Any) -> None:
    """Mail programs show it without our policy: here Chromium does, with scripts allowed."""
    somebody = await person()
    foreign = listen(somebody.context, "about:")
    await somebody.context.add_init_script(WATCH)
    page = await somebody.context.new_page()
    for text in XSS:
        values = dict.fromkeys(("subject", "greeting", "title", "what", "verb", "otherwise"), text)
        html = render_html("account", **values, href="https://plan.example.org/x", base_url="https://plan.example.org")
        await page.set_content(html)
        assert await page.evaluate("window.hits ?? []") == [], text
        assert await page.evaluate(ODD) == [], text

    record_property("hostile_inputs", len(XSS))
    record_property("executed", len(foreign))
    assert foreign == []


async def test_no_secret_lies_about(house: House, person: Any) -> None:
    """Of a house in which people worked: its key, passwords and sessions are in no log, page, script or state."""
    somebody = await person()
    await somebody.sign_up("sekret@example.org", "Sekret")
    tokens = [cookie["value"] for cookie in await somebody.context.cookies() if "session" in cookie["name"]]
    secrets = [(house.data_dir / "secret_key").read_bytes().strip(), b"correct horse battery staple"]
    secrets += [token.encode() for token in tokens]
    places = [house.data_dir / "logs", house.data_dir.parent / ".web" / "build"]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]

    assert len(tokens) == 1
    assert len(files) > 50
    assert [(path, secret) for path in files for secret in secrets if secret in path.read_bytes()] == []
    assert not (house.data_dir.parent / ".states").exists()


def listen(context: BrowserContext, home: str) -> list[str]:
    """Every address that is asked for elsewhere."""
    foreign: list[str] = []
    context.on(
        "request",
        lambda asked: None if asked.url.startswith((home, "data:", "blob:", "about:")) else foreign.append(asked.url),
    )
    return foreign
