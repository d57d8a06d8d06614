"""Worker processes that are killed while they send, and what the sandbox's ledger says afterwards: each text, once.

`make text-kills` is the long form, with SMS_KILLS kills.
"""

import os
import random
import signal
from collections import Counter
from typing import Any
from uuid import UUID

import psycopg

from buildos_app.db.session import service_session
from buildos_app.sms.tick import pick_up_lost
from tests.chaos.run import LEASE_SECONDS, Worker
from tests.fixtures.phone import Twilio
from tests.fixtures.processes import Process, free_port
from tests.sms.killable import KILLED_AT
from tests.sms.people import give_phone, later, queue, run, the_rows

KILLS = int(os.environ.get("SMS_KILLS", len(KILLED_AT)))
AT_ONCE = 3
LIVE = "SELECT EXISTS (SELECT FROM queue_jobs WHERE status IN ('pending', 'processing', 'retrying'))"


class Killable(Worker):
    """One line of workers of this database, each a fork that can be killed at a point."""

    def __init__(self, **environment: str) -> None:
        self._process = Process("-m", "tests.sms.killable", **environment)
        self._process.wait_for("ready")


async def test_killed_workers_lose_and_double_nothing(
    user_id: UUID, database: str, twilio: Twilio, record_property: Any
) -> None:
    await give_phone(user_id)
    await run("UPDATE sms_phones SET sent_day = current_date + 1, sent_today = -1000000")  # no limit stands in the way
    dice = random.Random(KILLS)
    worker = Killable(
        DATABASE_URL=database,
        TWILIO_BASE_URL=twilio.account.base_url,
        WORKER_LEASE_SECONDS=str(LEASE_SECONDS),
        WORKER_POLL_SECONDS="1",
        WORKER_HEALTH_PORT=str(free_port()),
    )
    try:
        for number in range(KILLS):
            for each in range(AT_ONCE):
                await queue(user_id, f"{number} and {each}")
            point = KILLED_AT[number % len(KILLED_AT)]
            worker.start(point, 1 if point == "after the claim" else dice.randint(1, AT_ONCE))
            assert worker.ended() == f"signal {signal.SIGKILL:d}"
            await a_new_day()
        worker.start()
        worker.wait_for(" serves ")
        settle(database)
        await a_new_day()
        settle(database)
        assert worker.end() == "code 0"
    finally:
        worker.close()

    rows = await the_rows()
    sent = Counter(each["body"] for each in twilio.sent())
    lost, doubled = len(rows) - len(sent), sent.total() - len(sent)
    print(f"{KILLS} workers killed at {len(KILLED_AT)} points: {len(rows)} texts, {lost} lost, {doubled} doubled")  # noqa: T201
    for name, count in {"faults": KILLS, "lost": lost, "doubled": doubled}.items():
        record_property(name, count)
    assert (lost, doubled) == (0, 0), Counter((row.status, row.reason) for row in rows)
    assert {row.twilio_sid for row in rows} == {each["sid"] for each in twilio.sent()}


async def a_new_day() -> None:
    """Time passes: doubts have settled, and whose job died three times gets another."""
    await later()
    await run(
        "UPDATE sms_messages SET scheduled_for = scheduled_for - interval '1 hour',"
        " updated_at = now() - interval '1 hour' WHERE twilio_sid IS NULL"
    )
    async with service_session("test") as session:
        await pick_up_lost(session)


def settle(database: str) -> None:
    """Return once no job is live."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("LISTEN user_events")
        while (connection.execute(LIVE).fetchone() or [False])[0]:
            list(connection.notifies(timeout=0.2, stop_after=1))
