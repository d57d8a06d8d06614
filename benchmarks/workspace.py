"""Every page and the search in one account with 200 projects and 50,000 tasks.

`.venv/bin/python -m benchmarks.workspace` in a database of its own. For each page: the time on the server from the
event that opens it to its data (all handlers of its `on_load`), the number of queries, the size of what is sent. Then
the time of a search, per kind of query.
"""

import argparse
import gc
import json
import re
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from benchmarks.alone import run_alone
from buildos_app.accounts.admins import set_admin
from buildos_app.buildos_app import app
from buildos_app.db.engine import async_engine, sync_engine
from buildos_app.db.session import service_session, user_session
from buildos_app.projects.search import search
from buildos_app.ui.routes import PUBLIC_PAGES
from tests.fixtures.database import make_user
from tests.fixtures.tabs import tabs

ROUNDS = 15
SEARCHES = {
    "a word": ["timber", "invoice", "garden", "review", "birch"],
    "beginnings": ["tim or", "inv sen", "gar", "rev pre", "bi"],
    "mistyped": ["tmiber", "invioce", "gardne", "reveiw", "brich"],
    "nothing": ["xylophone", "quetzal", "zzzzzz", "qwertz", "0815-4711"],
}

FILL = """
INSERT INTO projects (user_id, name, slug, description, context, end_date)
SELECT :user_id, initcap(w.word) || ' project ' || n, 'project-' || n, 'What number ' || n || ' is about',
    repeat('Some context about ' || w.word || '. ', 20), current_date + n
FROM generate_series(1, :projects) n
CROSS JOIN LATERAL (SELECT (ARRAY['garden','website','thesis','birthday','kitchen'])[1 + n % 5] AS word) w;
"""
FILL_TASKS = """
INSERT INTO tasks (user_id, project_id, title, details, status, due_date, duration_minutes, created_at)
SELECT :user_id, p.id,
    initcap((ARRAY['order','call','send','write','review','measure','paint','book'])[1 + (n * 7) % 8]) || ' ' ||
    (ARRAY['timber','invoice','garden','birch','report','slides','ticket','window','letter','budget'])[1 + (n * 3) % 10]
    || ' ' || md5(n::text)::varchar(6),
    CASE WHEN n % 5 = 0 THEN 'Details of number ' || n || ': ask about the price and the date.' ELSE '' END,
    CASE WHEN n % 3 = 0 THEN 'done' ELSE 'backlog' END,
    CASE WHEN n % 4 <> 0 THEN now() + (n % 400 - 100) * interval '6 hours' END,
    15 * (n % 8), now() - n % 90 * interval '1 day'
FROM generate_series(1, :tasks) n
JOIN (SELECT id, row_number() OVER (ORDER BY slug) AS number FROM projects WHERE user_id = :user_id) p
    ON p.number = 1 + n % :projects;
"""
FILL_NOTES = """
INSERT INTO notes (user_id, project_id, title, content, category)
SELECT :user_id, id, 'Note about ' || name, repeat('What **matters** here. ', 30), 'facts'
FROM projects CROSS JOIN generate_series(1, 10) WHERE user_id = :user_id;
"""
FILL_DUMPS = """
INSERT INTO brain_dumps (user_id, content, status, title)
SELECT :user_id, repeat('Order timber by Friday, call Jonas about it. ', 40), 'saved', 'Dump ' || n
FROM generate_series(1, :projects) n;
"""
FILL_VERSIONS = "UPDATE projects SET description = description || ' and more' WHERE user_id = :user_id"


@dataclass
class Figures:
    """What opening a page cost: milliseconds of each round, the queries of one, the bytes of all states sent."""

    milliseconds: list[float] = field(default_factory=list)
    queries: int = 0
    size: int = 0


async def fill(user_id: UUID, *, projects: int, tasks: int) -> None:
    """Fill an account with projects, tasks, notes and dumps."""

    async with service_session("benchmark") as session:
        await session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        values = {"user_id": user_id, "projects": projects, "tasks": tasks}
        for statement in (FILL, FILL_TASKS, FILL_NOTES, FILL_DUMPS, FILL_VERSIONS):
            names = set(re.findall(r"(?<!:):(\w+)", statement))
            await session.execute(sa.text(statement), {name: values[name] for name in names & set(values)})


async def analyse() -> None:
    """Let PostgreSQL know what it holds, as its autovacuum would soon."""

    with sync_engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """The statements of this process while the block runs, without those that begin a transaction."""

    statements: list[str] = []

    def take(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "set_config('role'" not in statement:
            statements.append(statement)

    engine = async_engine().sync_engine
    sa.event.listen(engine, "before_cursor_execute", take)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", take)


async def addresses(user_id: UUID) -> dict[str, str]:
    """Every page of the app with its address in this account; pages that need no sign-in are left out."""

    async with user_session(user_id) as session:
        project = (await session.execute(sa.text("SELECT id FROM projects ORDER BY slug LIMIT 1"))).scalar_one()
        dump = (await session.execute(sa.text("SELECT id FROM brain_dumps ORDER BY id LIMIT 1"))).scalar_one()
    known = {"[project_id]": str(project), "[dump_id]": str(dump)}
    found = {}
    for route in app._unevaluated_pages:
        if not app._load_events.get(route) or f"/{route}" in PUBLIC_PAGES:
            continue
        path = "/" if route == "index" else f"/{route}"
        for name, value in known.items():
            path = path.replace(name, value)
        found[route] = re.sub(r"\[\w+\]", str(uuid4()), path)
    return found


async def open_page(open_tab: Any, user_id: UUID, route: str, path: str) -> Figures:
    """Open a page in a fresh tab, once."""

    tab = await open_tab(user_id, path)
    with counted_queries() as statements:
        began = time.perf_counter()
        for handler in app._load_events[route]:
            await tab.send(handler)
        taken = 1000 * (time.perf_counter() - began)
    size = len(json.dumps(tab.state, default=_as_sent))
    return Figures([taken], len(statements), size)


def _as_sent(value: Any) -> Any:
    return vars(value) if hasattr(value, "__dict__") else str(value)


async def search_times(user_id: UUID, texts: list[str]) -> list[float]:
    """Milliseconds of searches, each text several times."""

    taken = []
    for text in texts * 20:
        began = time.perf_counter()
        async with user_session(user_id) as session:
            await search(session, text, limit=12)
        taken.append(1000 * (time.perf_counter() - began))
    return taken[len(texts) :]


async def main(projects: int, tasks: int) -> int:
    """Measure and print; 1 when a limit is missed: 300 ms and 100 kB a page, 50 ms a search."""

    user_id = await make_user("bench@example.org")
    await set_admin("bench@example.org", admin=True)
    other_id = await make_user("neighbour@example.org")
    began = time.perf_counter()
    await fill(user_id, projects=projects, tasks=tasks)
    await fill(other_id, projects=projects // 2, tasks=tasks // 2)
    await analyse()
    seconds = time.perf_counter() - began
    print(f"{projects} projects, {tasks:,} tasks, a neighbour with half of it; filled in {seconds:.0f} s\n")
    print(f"{'page':36} {'best ms':>8} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'kB':>7}")
    late = 0
    gc.freeze()  # as the web process does
    for route, path in (await addresses(user_id)).items():
        async with tabs() as open_tab:  # a page's own, or each page would pay for the tabs of those before it
            rounds = [await open_page(open_tab, user_id, route, path) for _ in range(ROUNDS)]
        times = [each.milliseconds[0] for each in rounds[2:]]
        p95, size = statistics.quantiles(times, n=20)[-1], rounds[-1].size / 1000
        figures = f"{min(times):8.1f} {statistics.median(times):8.1f} {p95:8.1f}"
        print(f"{route:36} {figures} {rounds[-1].queries:8} {size:7.1f}")
        late += p95 > 300 or size > 100
    print(f"\n{'search':36} {'best ms':>8} {'p50 ms':>8} {'p95 ms':>8}")
    for name, texts in SEARCHES.items():
        times = await search_times(user_id, texts)
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{name:36} {min(times):8.1f} {statistics.median(times):8.1f} {p95:8.1f}")
        late += p95 > 50
    return int(late > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=200)
    parser.add_argument("--tasks", type=int, default=50_000)
    chosen = parser.parse_args()
    sys.exit(run_alone(lambda: main(chosen.projects, chosen.tasks)))
