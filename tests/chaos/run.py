"""The faults, one after the other, under load. `python -m tests.chaos` runs them all, the tests a few of each."""

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from buildos_app.db.embedded import _Server, join
from buildos_app.db.ready import ensure_ready
from tests.chaos.jobs import LEDGER_URL
from tests.chaos.ledger import TABLES, Outside, balance
from tests.chaos.marks import KILLED_AT, STOPPED_AT
from tests.fixtures.database import use
from tests.fixtures.processes import Process, free_port

LEASE_SECONDS = 1.0
HOUR = 3600
KINDS = ("chaos_effect", "chaos_row", "chaos_second_try")
BATCH = 12
PATIENCE = 90.0
"""More than the minute after which PostgreSQL ends the transaction of a process that was stopped in it."""
LIVE = "SELECT FROM queue_jobs WHERE status IN ('pending', 'processing', 'retrying')"
HELD = "SELECT FROM queue_jobs WHERE status = 'processing' AND lease_expires_at > now()"


class Worker:
    """One line of forked workers, of which one is alive at a time."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = Process("-m", "tests.chaos.worker", **environment)
        self._process.wait_for("ready")
        self.pid = 0

    def start(self, point: str = "", passages: int = 0, number: int = signal.SIGKILL, clock: int = 0) -> None:
        self._process.say(f"run {point}|{passages}|{number:d}|{clock}")
        self.pid = int(self._process.wait_for("forked ").split()[1])

    def wait_for(self, words: str) -> str:
        return self._process.wait_for(words, timeout=PATIENCE)

    def end(self, number: int = signal.SIGTERM) -> str:
        """Send a signal, and how the worker ended."""
        os.kill(self.pid, number)
        return self.ended()

    def ended(self) -> str:
        return self.wait_for(f"ended {self.pid}").split(maxsplit=2)[2]

    def close(self) -> None:
        self._process.kill()


class Chaos:
    """A database, a ledger, workers, and how many faults they had so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.faults = 0
        self._random = random.Random(seed)
        self._folder = folder
        self._numbers: dict[str, set[int]] = {kind: set() for kind in KINDS}
        self._stack = ExitStack()

    def __enter__(self) -> "Chaos":
        self.url = join(self._folder)
        use(self.url)
        ensure_ready()
        self.outside = Outside()
        self._stack.callback(self.outside.close)
        with self._connection() as connection:
            connection.execute(TABLES)
            row = connection.execute("INSERT INTO users (email) VALUES ('chaos@example.org') RETURNING id").fetchone()
            self._person: UUID = row[0]  # type: ignore[index]
            connection.execute("INSERT INTO queue_settings (job_type) SELECT unnest(%s::text[])", [list(KINDS)])
        self.first, self.second = self._worker(), self._worker()
        self.alone = self._worker(WORKER_CONCURRENCY="1")
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def kill(self, point: str) -> None:
        """A worker dies at this point, in its first, second or third passage."""
        self._add()
        self.first.start(point, self._random.randint(1, 3))
        assert self.first.ended() == f"signal {signal.SIGKILL:d}"
        self.faults += 1

    def freeze(self, point: str) -> None:
        """A worker is stopped at this point until another one has done its work, and then let go.

        It has one slot: the transaction of another job, stopped with it, would hold that job for a minute.
        """
        self._add()
        self.alone.start(point, self._random.randint(1, 3), signal.SIGSTOP)
        self.alone.wait_for("stopped ")
        with self._running(self.second):
            self._until_done()
            os.kill(self.alone.pid, signal.SIGCONT)
            assert self.alone.end() == "code 0"
        self.faults += 1

    def terminate_all(self, times: int) -> None:
        """Every connection but ours is cut under load."""
        with self._running(self.first), self._running(self.second):
            for _ in range(times):
                self._add()
                with self._connection() as connection:
                    connection.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                    )
                self.faults += 1
            self._until_done()

    def restart_the_server(self, times: int) -> None:
        """PostgreSQL is shut down at once under load, as a crash would, and started again."""
        server = _Server(self._folder.resolve())
        with self._running(self.first), self._running(self.second):
            for _ in range(times):
                self._add()
                process = server.process()
                assert process is not None
                process.send_signal(signal.SIGQUIT)
                process.wait(PATIENCE)
                join(self._folder)
                self.faults += 1
                self._until_done()

    def two_schedulers(self, ticks: int) -> None:
        """Two workers do the same periodic duty, one of them with a clock an hour ahead, then an hour behind."""
        for clock in (HOUR, -HOUR):
            with self._running(self.first), self._running(self.second, clock):
                self._add()
                so_far = self._value("SELECT count(*) FROM chaos_ticks")
                self._until("SELECT count(*) >= %s FROM chaos_ticks", so_far + ticks)
                self._until_done()
            self.faults += 1

    def stop_under_load(self, times: int) -> None:
        """SIGTERM: what runs ends, the rest is handed back, and no lease has to run out."""
        for _ in range(times):
            self._add()
            self.first.start()
            self._until(f"SELECT EXISTS ({HELD})")
            assert self.first.end() == "code 0"
            assert not self._value(f"SELECT EXISTS ({HELD})")
            self.faults += 1

    def settle(self) -> tuple[int, int]:
        """Let everything be done; (lost, doubled)."""
        with self._running(self.first):
            self._until_done()
        rows = self._numbers["chaos_row"] | self._numbers["chaos_second_try"]
        with self._connection() as connection:
            return balance(connection, self.outside, rows | self._numbers["chaos_effect"], rows)

    @property
    def jobs(self) -> int:
        """How many jobs there were."""
        return sum(map(len, self._numbers.values()))

    def _worker(self, **settings: str) -> Worker:
        worker = Worker(
            {
                "DATABASE_URL": self.url,
                LEDGER_URL: self.outside.url,
                "WORKER_LEASE_SECONDS": str(LEASE_SECONDS),
                "WORKER_POLL_SECONDS": "1",
                "WORKER_HEALTH_PORT": str(free_port()),
                **settings,
            }
        )
        self._stack.callback(worker.close)
        return worker

    @contextmanager
    def _running(self, worker: Worker, clock: int = 0) -> Iterator[None]:
        worker.start(clock=clock)
        worker.wait_for(" serves ")
        yield
        assert worker.end() == "code 0"

    def _add(self) -> None:
        with self._connection() as connection:
            for number in range(self.jobs, self.jobs + BATCH):
                kind = KINDS[number % len(KINDS)]
                connection.execute(
                    "SELECT add_queue_job(%s, %s, %s, p_max_attempts => 100)",
                    [self._person, kind, Jsonb({"number": number})],
                )
                self._numbers[kind].add(number)

    def _until_done(self) -> None:
        self._until(f"SELECT NOT EXISTS ({LIVE})")

    def _until(self, question: str, *parameters: object) -> None:
        """Ask again at each announcement."""
        deadline = time.monotonic() + PATIENCE
        with self._connection() as connection:
            connection.execute("LISTEN user_events")
            while not self._value(question, *parameters):
                assert time.monotonic() < deadline, f"never came true: {question}; {self._live()}"
                list(connection.notifies(timeout=0.1, stop_after=1))

    def _value(self, question: str, *parameters: object) -> Any:
        with self._connection() as connection:
            row = connection.execute(question.encode(), parameters).fetchone()
        assert row is not None
        return row[0]

    def _live(self) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(
                "SELECT status, attempts, scheduled_for - now(), lease_expires_at - now(), error_message"
                f" {LIVE.removeprefix('SELECT ')}".encode()
            ).fetchall()

    def _connection(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=True)


def kills(count: int) -> Sequence[str]:
    """Points for so many kills, each as often as the others."""
    return [KILLED_AT[number % len(KILLED_AT)] for number in range(count)]


def everything(chaos: Chaos, count: int) -> None:
    """`count` kills, and of each other fault its share."""
    share = max(1, count // 20)
    for point in kills(count):
        chaos.kill(point)
    for number in range(min(share, len(STOPPED_AT))):
        chaos.freeze(STOPPED_AT[number])
    chaos.stop_under_load(share)
    chaos.terminate_all(2 * share)
    chaos.restart_the_server(min(share, 3))
    chaos.two_schedulers(ticks=4 * share)
