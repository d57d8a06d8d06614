"""Renews the leases of what runs, from a thread and a connection of its own."""

import asyncio
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import psycopg

from buildos_app.db.engine import database_url, prepare_threshold
from buildos_app.db.session import WORKER
from buildos_app.queue.holding import ClaimedJob, renew_leases

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

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._stop.set()

    def _beat_for_ever(self) -> None:
        while not self._stop.wait(self._lease.total_seconds() / 4):
            try:
                self._connect_and_beat()
            except (psycopg.Error, OSError) as error:
                logger.warning("heartbeat failed, next try soon: %s", error)

    def _connect_and_beat(self) -> None:
        threshold = prepare_threshold()
        with psycopg.connect(
            database_url(), autocommit=True, prepare_threshold=threshold, connect_timeout=5
        ) as connection:
            while True:
                if jobs := self._held():
                    with connection.transaction():
                        connection.execute("SELECT set_config('role', %s, true)", [WORKER])
                        held = renew_leases(connection, jobs, self._lease)
                    self._tell(jobs, held)
                if self._stop.wait(self._lease.total_seconds() / 4):
                    return

    def _tell(self, jobs: list[ClaimedJob], held: dict[UUID, bool]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._report, jobs, held)
