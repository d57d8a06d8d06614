"""Our queue beside its peers, on one PostgreSQL, in one go: `make bench-queue`.

Each queue runs in processes of its own, with a fresh database in each round; the rounds take turns, and medians count.
Prints a table and writes it to docs/benchmarks.md. Fails when a job ran twice or not at all.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from benchmarks.queue.report import Figures, write
from buildos_app.db.embedded import join

HERE = Path(__file__).parent
PEERS = HERE.parents[1] / ".bench"
ROUNDS = 3
SINGLE, BULK, PICKUPS, HISTORY = 1_000, 20_000, 200, 1_000_000
Ran = tuple[int, float]
"""A job's number and the moment at which it ran."""
WAITING = (1_000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class Contender:
    """A queue of the comparison: how to run its side, and how its history of a million finished jobs is made."""

    name: str
    command: tuple[str, ...]
    history: str | None = None

    def run(self, role: str, url: str, *rest: object) -> str:
        """Run one role to its end; what it printed."""
        command = [*self.command, role, url, *map(str, rest)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE.parents[1])
        if done.returncode:
            raise SystemExit(f"{self.name} {role} failed:\n{done.stderr[-2000:]}")
        return done.stdout

    def add(self, url: str, how: str, first: int, count: int) -> dict[str, object]:
        """See side.add."""
        added: dict[str, object] = json.loads(self.run("add", url, how, first, count))
        return added


def python_side(name: str, python: Path) -> tuple[str, ...]:
    return str(python), str(HERE / "side.py"), name


PEERS_PYTHON = PEERS / "bin" / "python"
CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender(
            "BuildOS",
            python_side("buildos", Path(sys.executable)),
            "INSERT INTO queue_jobs (user_id, job_type, status, metadata, started_at, processed_at, completed_at)"
            " SELECT people[1 + n %% 20], 'nothing', 'completed', '{\"number\": 0}', now(), now(), now()"
            " FROM generate_series(1, %(count)s) n, (SELECT array_agg(id) AS people FROM users) u",
        ),
        Contender(
            "PgQueuer",
            python_side("pgqueuer", PEERS_PYTHON),
            "INSERT INTO pgqueuer_log (job_id, status, entrypoint, priority)"
            " SELECT n, 'successful', 'nothing', 0 FROM generate_series(1, %(count)s) n",
        ),
        Contender("Procrastinate", python_side("procrastinate", PEERS_PYTHON)),
        Contender("awa", python_side("awa", PEERS_PYTHON)),
        Contender("Graphile Worker", (str(Path(sys.executable).with_name("node")), str(PEERS / "side_graphile.mjs"))),
    )
}


def converse(process: subprocess.Popen[str], words: str) -> None:
    """Say "go" or "stop" to a worker, or hear it say the words."""
    if process.stdin is not None and words in ("go", "stop"):
        process.stdin.write(words + "\n")
        process.stdin.flush()
    elif process.stdout is not None and process.stdout.readline().strip() != words:
        raise SystemExit(f"a worker ended before it was {words}")


class Bench:
    """One server, and the measurements on it."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self.server_url = server_url
        self.folder = folder

    @contextmanager
    def database(self, contender: Contender) -> Iterator[str]:
        """A fresh database with the contender's tables."""
        name = "bench"
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = sa.make_url(self.server_url).set(database=name).render_as_string(hide_password=False)
        contender.run("prepare", url)
        yield url

    def work(
        self, contender: Contender, url: str, workers: int, during: Callable[[], None], *rest: object
    ) -> list[Ran]:
        """What `workers` processes ran, each job's number and moment, in the order of the moments."""
        paths = [self.folder / f"ran{number}.json" for number in range(workers)]
        processes = [
            subprocess.Popen(
                [*contender.command, "work", url, str(path), *map(str, rest)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for path in paths
        ]
        for words in ("ready", "go", "quiet", "stop", "stopped"):
            for process in processes:
                converse(process, words)
            if words == "go":
                during()
        for process in processes:
            process.wait()
        return sorted((tuple(ran) for path in paths for ran in json.loads(path.read_text())), key=lambda ran: ran[1])

    def drain(self, contender: Contender, url: str, workers: int) -> tuple[float, float]:
        """Jobs per second of a bulk add and of its drain. Every job runs once, or this ends here."""
        added = contender.add(url, "bulk", 1_000_001, BULK)
        ran = self.work(contender, url, workers, lambda: None)
        numbers = [number for number, _ in ran]
        lost = set(range(1_000_000, 1_000_001 + BULK)) - set(numbers)
        if lost or len(numbers) != len(set(numbers)):
            raise SystemExit(f"{contender.name}: {len(lost)} lost, {len(numbers) - len(set(numbers))} doubled")
        return BULK / float(str(added["seconds"])), len(ran) / (ran[-1][1] - ran[0][1])

    def round(self, contender: Contender) -> dict[str, float]:
        """Every measurement of the table but history, once."""
        with self.database(contender) as url:
            single = contender.add(url, "one_by_one", 1, SINGLE)
            callers = contender.add(url, "callers", SINGLE + 2, 2 * SINGLE)
            self.work(contender, url, 1, lambda: None)
            bulk, one = self.drain(contender, url, 1)
            bulk_again, two = self.drain(contender, url, 2)
            added: dict[str, object] = {}
            ran = self.work(
                contender, url, 1, lambda: added.update(contender.add(url, "now_and_then", 2_000_001, PICKUPS))
            )
        committed = {int(number): moment for number, moment in dict(added["committed"]).items()}  # type: ignore[call-overload]
        waits = sorted(1000 * (moment - committed[number]) for number, moment in ran if number in committed)
        if len(waits) != PICKUPS:
            raise SystemExit(f"{contender.name}: {PICKUPS - len(waits)} lost")
        return {
            "one by one": SINGLE / float(str(single["seconds"])),
            "20 callers": 2 * SINGLE / float(str(callers["seconds"])),
            "bulk": statistics.mean((bulk, bulk_again)),
            "drain, 1 worker": one,
            "drain, 2 workers": two,
            "pickup p50": waits[len(waits) // 2],
            "pickup p99": waits[int(len(waits) * 0.99) - 1],
        }

    def history(self, contender: Contender) -> float:
        """The drain with a million finished jobs in the table, as a share of the drain without."""
        with self.database(contender) as url:
            without = [self.drain(contender, url, 1)[1] for _ in range(ROUNDS)]
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute((contender.history or "").encode(), {"count": HISTORY})
                connection.execute("VACUUM ANALYZE")
                connection.execute("CHECKPOINT")
            with_history = [self.drain(contender, url, 1)[1] for _ in range(ROUNDS)]
        return statistics.median(with_history) / statistics.median(without)

    def flatness(self) -> dict[int, float]:
        """Microseconds per job of the first 20,000 while so many more wait behind them."""
        ours, microseconds = CONTENDERS["BuildOS"], {}
        with self.database(ours) as url:
            there = 0
            for waiting in WAITING:
                while there < waiting + BULK:
                    step = min(BULK, waiting + BULK - there)
                    ours.add(url, "bulk", 3_000_001 + there, step)
                    there += step
                with psycopg.connect(url, autocommit=True) as connection:
                    connection.execute("VACUUM ANALYZE")
                    connection.execute("CHECKPOINT")
                ran = self.work(ours, url, 1, lambda: None, BULK)
                microseconds[waiting] = 1e6 * (ran[BULK - 1][1] - ran[0][1]) / BULK
                there -= len(ran)
        return microseconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--write", type=Path, help="write the table into this file")
    arguments = parser.parse_args()
    contenders = [CONTENDERS[name] for name in arguments.only]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        os.environ["BUILDOS_DATA_DIR"] = folder
        url = join(Path(folder))
        bench = Bench(url, Path(folder))
        rounds: dict[str, list[dict[str, float]]] = {contender.name: [] for contender in contenders}
        for number in range(ROUNDS):
            for contender in contenders[number % len(contenders) :] + contenders[: number % len(contenders)]:
                rounds[contender.name].append(bench.round(contender))
                print(contender.name, {key: round(value, 2) for key, value in rounds[contender.name][-1].items()})
        history = {contender.name: bench.history(contender) for contender in contenders if contender.history}
        flat = bench.flatness()
        with psycopg.connect(url) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    machine = f"PostgreSQL {row[0] if row else '?'}, {os.cpu_count()} cores, Python {platform.python_version()}"
    table = {name: Figures.median(measured, history.get(name)) for name, measured in rounds.items()}
    write(table, flat, machine, arguments.write)


if __name__ == "__main__":
    main()
