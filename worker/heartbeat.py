"""Renews the leases of what runs, from a thread and a connection of its own."""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from uuid import UUID

import psycopg

from buildos_app.db.engine import database_url
from buildos_app.db.session import WORKER
from buildos_app.queue.client import ClaimedJob, heartbeat_statement

logger = logging.getLogger(__name__)

Report = Callable[[list[ClaimedJob], dict[UUID, bool]], None]


class Heartbeat:
    """Beats at a quarter of the lease and tells the event loop what it learned."""

    def __init__(self, held: Callable[[], list[ClaimedJob]], lease: timedelta, report: Report) -> None:
        self._held = held
        self._lease = lease
        self._report = report
        self._stop = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._beat_for_ever, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()

    def _beat_for_ever(self) -> None:
        while not self._stop.wait(self._lease.total_seconds() / 4):
            try:
                self._connect_and_beat()
            except (psycopg.Error, OSError) as error:
                logger.warning("heartbeat failed, next try soon: %s", error)

    def _connect_and_beat(self) -> None:
        with psycopg.connect(database_url(), autocommit=True, connect_timeout=5) as connection:
            connection.execute("SELECT set_config('role', %s, false)", [WORKER])
            while True:
                if jobs := self._held():
                    self._tell(jobs, heartbeat_statement(connection, jobs, self._lease))
                if self._stop.wait(self._lease.total_seconds() / 4):
                    return

    def _tell(self, jobs: list[ClaimedJob], held: dict[UUID, bool]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._report, jobs, held)
