"""The tick of text messages with 100, 1,000 and 10,000 people, each with 20 tasks, of whom 4 % get a text soon.

`.venv/bin/python -m benchmarks.texts` starts a PostgreSQL of its own and prints the figures.
"""

import sys
import time
from typing import Any

import sqlalchemy as sa

from benchmarks.alone import run_alone
from buildos_app.clock import now
from buildos_app.db.engine import async_engine
from buildos_app.db.session import service_session
from buildos_app.sms.tick import write_down

PEOPLE = (100, 1_000, 10_000)
TASKS = 20

_FILL = (
    "INSERT INTO users (email, timezone) SELECT 'p' || n || '@bench.example', 'UTC' FROM generate_series(1, :people) n"
    " ON CONFLICT DO NOTHING",
    "INSERT INTO sms_phones (user_id, number, verified_at)"
    " SELECT u.id, '+49151' || substr(u.email, 2, position('@' IN u.email) - 2), now()"
    " FROM users u WHERE NOT EXISTS (SELECT FROM sms_phones s WHERE s.user_id = u.id)",
    "INSERT INTO sms_preferences (user_id, task_reminders, quiet_start, quiet_end)"
    " SELECT id, true, NULL, NULL FROM users ON CONFLICT DO NOTHING",
    "DELETE FROM sms_messages",
    "DELETE FROM tasks",
    "INSERT INTO tasks (user_id, title, due_date, due_has_time)"
    " SELECT u.id, 'Task ' || n, now() + n * interval '1 day' + CASE WHEN n = 0 AND u.position % 25 = 0"
    " THEN interval '20 minutes' ELSE interval '8 hours' END, true"
    " FROM (SELECT id, row_number() OVER () AS position FROM users) u, generate_series(0, :tasks - 1) n",
)


async def tick(people: int) -> tuple[int, int, float, float]:
    """(texts, statements, seconds, seconds of the same tick again) of one tick for so many people."""
    async with service_session("benchmark") as session:
        for statement in _FILL:
            values = {"people": people, "tasks": TASKS}
            await session.execute(
                sa.text(statement), {name: values[name] for name in values if f":{name}" in statement}
            )
    async with async_engine().connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(sa.text("ANALYZE"))
    sent: list[str] = []

    def take(*arguments: Any) -> None:
        sent.append(arguments[2])

    sa.event.listen(async_engine().sync_engine, "before_cursor_execute", take)
    began = time.perf_counter()
    async with service_session("benchmark") as session:
        made = await write_down(session, now())
    seconds, statements = time.perf_counter() - began, len(sent)
    sa.event.remove(async_engine().sync_engine, "before_cursor_execute", take)
    began = time.perf_counter()
    async with service_session("benchmark") as session:
        await write_down(session, now())
    return made, statements, seconds, time.perf_counter() - began


async def main() -> None:
    """Print the figures."""
    say = sys.stdout.write
    say(f"{'people':>9} {'texts':>6} {'statements':>11} {'seconds':>8} {'again':>8}\n")
    for people in PEOPLE:
        made, statements, seconds, again = await tick(people)
        say(f"{people:>9,} {made:>6,} {statements:>11} {seconds:>8.2f} {again:>8.2f}\n")


if __name__ == "__main__":
    run_alone(main)
